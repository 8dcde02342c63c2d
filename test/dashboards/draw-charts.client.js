// In the page: draws every chart that the page's data names. `uPlot` and `formatValue` stand before it.
'use strict';

function drawChart(chart) {
  const right = chart.lines.some((line) => line.right);
  const axisUnit = (isRight) => chart.lines.find((line) => line.right === isRight);
  const axis = (scale, isRight) => {
    const line = axisUnit(isRight) ?? { unit: 'none' };
    return {
      scale,
      side: isRight ? 1 : 3,
      stroke: '#8e8e9a',
      size: 68,
      font: '11px sans-serif',
      grid: { show: !isRight, stroke: '#26292f', width: 1 },
      ticks: { show: false },
      ...(line.unit === 'bytes' ? { incrs: Array.from({ length: 50 }, (_, n) => 2 ** n) } : {}),
      values: (_, splits) => splits.map((value) => (value === null ? '' : formatValue(value, line.unit))),
    };
  };
  const range = (isRight) => (_, dataMin, dataMax) => {
    const low = isRight ? 0 : (chart.min ?? Math.min(0, dataMin ?? 0));
    const high = isRight ? undefined : chart.max;
    const top = high ?? (dataMax > low ? dataMax + (dataMax - low) * 0.06 : low + 1);
    return [low, top];
  };
  const logRange = (_, dataMin, dataMax) => uPlot.rangeLog(dataMin, dataMax, 10, true);
  const series = chart.lines.map((line) => ({
    label: line.name,
    scale: line.right ? 'r' : 'y',
    stroke: line.color,
    width: line.bars ? 1 : 1.4,
    points: { show: false },
    ...(line.dash ? { dash: line.dash } : {}),
    ...(line.fill > 0
      ? {
          fill:
            line.color +
            Math.round(line.fill * 255)
              .toString(16)
              .padStart(2, '0'),
        }
      : {}),
    ...(line.bars ? { paths: uPlot.paths.bars({ size: [0.8, 12] }) } : {}),
  }));
  const drawMarks = (plot) => {
    const { ctx, bbox } = plot;
    for (const { at, color } of chart.marks) {
      const x = plot.valToPos(at, 'x', true);
      ctx.save();
      ctx.strokeStyle = color + '50';
      ctx.setLineDash([4, 4]);
      ctx.beginPath();
      ctx.moveTo(x, bbox.top);
      ctx.lineTo(x, bbox.top + bbox.height);
      ctx.stroke();
      ctx.restore();
    }
  };
  const plot = new uPlot(
    {
      width: chart.width,
      height: chart.height,
      legend: { show: false },
      cursor: { show: false },
      padding: [8, right ? 0 : 8, 0, 0],
      scales: {
        x: { time: true },
        y: chart.logarithmic ? { distr: 3, range: logRange } : { range: range(false) },
        ...(right ? { r: { range: range(true) } } : {}),
      },
      axes: [
        {
          stroke: '#8e8e9a',
          font: '11px sans-serif',
          size: 26,
          grid: { stroke: '#26292f', width: 1 },
          ticks: { show: false },
          values: (_, splits) => splits.map((at) => new Date(at * 1000).toISOString().slice(11, 19)),
        },
        axis('y', false),
        ...(right ? [axis('r', true)] : []),
      ],
      series: [{}, ...series],
      hooks: { drawClear: [drawMarks] },
    },
    chart.columns,
    document.getElementById(chart.id),
  );
  return plot;
}

for (const chart of JSON.parse(document.getElementById('charts').textContent)) drawChart(chart);
