/** Where Debian's package `victoria-metrics` puts the store. */
export const victoriaMetricsPath = '/usr/bin/victoria-metrics';
