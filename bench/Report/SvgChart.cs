using System;
using System.Globalization;
using System.Linq;
using System.Net;
using System.Text;

namespace PandoraSync.Bench;

/// <summary>A comparison's rates as horizontal bars, the median as the bar and the spread as a line; readable on light and on dark ground.</summary>
internal static class SvgChart
{
    private const int Width = 860;
    private const int LabelWidth = 400;
    private const int ValueWidth = 130;
    private const int RowHeight = 30;
    private const int HeadHeight = 44;

    public static string Draw(ComparisonResult result)
    {
        var rates = result.Rates;
        var most = Math.Max(rates.Select(r => r.Most).DefaultIfEmpty(1).Max(), double.Epsilon);
        var height = HeadHeight + (rates.Count * RowHeight) + 10;
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {height}" width="{Width}" height="{height}" role="img">
            <title>{Escape(result.Comparison.Title)}</title>
            <style>
            text {"{"} font: 13px system-ui, sans-serif; fill: #24292f; {"}"}
            .head {"{"} font-weight: 600; font-size: 14px; {"}"}
            .bar {"{"} fill: #3b7dd8; {"}"}
            .base {"{"} fill: #8c959f; {"}"}
            .spread {"{"} stroke: #24292f; stroke-width: 1.5; {"}"}
            @media (prefers-color-scheme: dark) {"{"} text {"{"} fill: #e6edf3; {"}"} .spread {"{"} stroke: #e6edf3; {"}"} .bar {"{"} fill: #539bf5; {"}"} {"}"}
            </style>
            <text class="head" x="10" y="24">{Escape(result.Comparison.Title)} ({Escape(result.Comparison.Unit)}/s)</text>

            """);
        for (var i = 0; i < rates.Count; i++)
            AppendBar(svg, rates[i], HeadHeight + (i * RowHeight), most, ReferenceEquals(rates[i], result.Baseline));
        return svg.Append("</svg>\n").ToString();
    }

    private static void AppendBar(StringBuilder svg, Measurement rate, int top, double most, bool isBaseline)
    {
        double Place(double value) => LabelWidth + (value / most * (Width - LabelWidth - ValueWidth));
        var middle = top + (RowHeight / 2);
        svg.Append(CultureInfo.InvariantCulture, $"""
            <text x="{LabelWidth - 8}" y="{middle + 4}" text-anchor="end">{Escape(rate.Contender)}</text>
            <rect class="{(isBaseline ? "base" : "bar")}" x="{LabelWidth}" y="{top + 5}" width="{Math.Max(1, Place(rate.Median) - LabelWidth):0.#}" height="{RowHeight - 10}" rx="2"/>
            <line class="spread" x1="{Place(rate.Least):0.#}" x2="{Place(rate.Most):0.#}" y1="{middle}" y2="{middle}"/>
            <text x="{Place(rate.Most) + 6:0.#}" y="{middle + 4}">{Numbers.Show(rate.Median)}</text>

            """);
    }

    private static string Escape(string text) => WebUtility.HtmlEncode(text);
}
