(function () {
  'use strict';
  var data = JSON.parse(document.getElementById('data').textContent);
  var units = ['B', 'KB', 'MB', 'GB', 'TB', 'PB', 'EB'];
  var palette = ['#d55e00', '#e69f00', '#cc79a7', '#56b4e9', '#009e73', '#8c6bb1', '#7f8c8d'];
  var charts = [];

  function size(bytes) {
    var unit = 0;
    for (; bytes >= 1024 && unit < units.length - 1; unit++) bytes /= 1024;
    return (unit === 0 ? bytes.toFixed(0) : bytes.toFixed(1)) + ' ' + units[unit];
  }

  // Round in the units that sizes are written in.
  function step(most) {
    var unit = 1, nice = [1, 2, 5, 10, 20, 50, 100, 200, 500];
    for (; most / unit >= 1024; ) unit *= 1024;
    return unit * (nice.find(function (n) { return most / unit / n <= 5; }) || 500);
  }

  function count(number) { return number.toLocaleString('en-US', { maximumFractionDigits: 1 }); }

  // The beginning of a long name, and its port.
  function short(name) { return name.length > 30 ? name.slice(0, 22) + '\u2026' + name.slice(-7) : name; }

  function colour(name) { return getComputedStyle(document.documentElement).getPropertyValue('--' + name).trim(); }

  // A chart without numbers says so instead of showing empty axes.
  function nothing(canvas, text) {
    var paragraph = document.createElement('p');
    paragraph.className = 'empty';
    paragraph.textContent = text;
    canvas.parentNode.replaceWith(paragraph);
  }

  function draw(id, isAcross, labels, datasets, format, empty) {
    var canvas = document.getElementById(id);
    var isEmpty = !datasets.some(function (set) { return set.data.length > 0; });
    if (isEmpty) { nothing(canvas, empty); return; }
    if (isAcross) canvas.parentNode.style.height = Math.max(6, 3.4 + labels.length * 1.45) + 'rem';
    canvas.setAttribute('role', 'img');
    canvas.setAttribute('aria-label', canvas.closest('figure').querySelector('figcaption').textContent + '; the numbers are in the tables below');
    var value = isAcross ? 'x' : 'y', names = isAcross ? 'y' : 'x';
    var scales = {}, most = Math.max.apply(null, datasets[0].data);
    scales[value] = { beginAtZero: true, stacked: true, ticks: { callback: format, maxTicksLimit: 6, stepSize: format === size ? step(most) : undefined, precision: format === count ? 0 : undefined }, grid: {} };
    scales[names] = { stacked: true, ticks: isAcross ? { autoSkip: false, callback: function (i) { return short(labels[i]); } } : { maxRotation: 0, autoSkipPadding: 16 }, grid: { display: false } };
    charts.push(new Chart(canvas, {
      type: 'bar',
      data: { labels: labels, datasets: datasets },
      options: {
        indexAxis: isAcross ? 'y' : 'x', animation: false, responsive: true, maintainAspectRatio: false, scales: scales,
        datasets: { bar: { maxBarThickness: 28, categoryPercentage: 0.9, barPercentage: 0.9 } },
        plugins: {
          legend: { display: datasets.length > 1, position: 'bottom', labels: { boxWidth: 12 } },
          tooltip: { callbacks: { label: function (item) { return (item.dataset.label ? item.dataset.label + ': ' : '') + format(item.raw); } } }
        }
      }
    }));
  }

  function paint() {
    Chart.defaults.color = colour('faint');
    charts.forEach(function (chart) {
      Object.keys(chart.options.scales).forEach(function (axis) {
        chart.options.scales[axis].ticks.color = colour('faint');
        chart.options.scales[axis].grid.color = colour('line');
      });
      chart.options.plugins.legend.labels.color = colour('text');
      chart.data.datasets.forEach(function (set) { if (set.isMain) set.backgroundColor = set.data.map(function (value) { return colour(value < set.least ? 'bad' : 'accent'); }); });
      chart.update();
    });
  }

  function main(values, least) { return [{ data: values, isMain: true, least: least }]; }
  function bars(id, set, format, empty, sets) {
    if (set.of > set.names.length) document.getElementById(id).closest('figure').querySelector('figcaption').textContent += ' (' + set.names.length + ' of ' + set.of + ')';
    draw(id, true, set.names, sets || main(set.values), format, empty);
  }
  var none = data.siteFiles.names.length > 0 ? 'No run has failed.' : 'There was no run.';

  draw('files', false, data.times, main(data.files), count, 'No run has a time.');
  draw('bytes', false, data.times, main(data.bytes), size, 'No run has a time.');
  draw('failures', false, data.times, data.failures.map(function (kind, i) {
    return { label: kind.name, data: kind.values, backgroundColor: palette[i % palette.length] };
  }), count, none);
  bars('siteFailures', data.siteFailures, count, none, [{ data: data.siteFailures.values, backgroundColor: palette[0] }]);
  bars('siteFiles', data.siteFiles, count, 'No site was called.');
  bars('siteBytes', data.siteBytes, size, 'No site was called.');
  bars('ages', data.ages, count, 'The results do not say how old the oldest files are.');
  bars('certificates', data.certificates, count, 'The results do not say when certificates end.', main(data.certificates.values, 14));
  paint();
  window.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', paint);
})();
