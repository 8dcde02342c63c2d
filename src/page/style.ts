import { baseStyle } from './style-base.ts';
import { chartsStyle } from './style-charts.ts';
import { layoutStyle } from './style-layout.ts';
import { partsStyle } from './style-parts.ts';
import { tablesStyle } from './style-tables.ts';

/** The style sheet of every page. */
export const pageStyle: string = [baseStyle, layoutStyle, partsStyle, tablesStyle, chartsStyle].join('\n');
