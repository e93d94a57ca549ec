using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;

namespace PandoraSync.Cmdlets.Report;

/// <summary>Writes the few shapes of JSON that a report's charts need, safe inside a page: the netstandard libraries have no writer.</summary>
internal static class JsonText
{
    public static string Of(string text)
    {
        var json = new StringBuilder("\"");
        foreach (var c in text)
        {
            if (char.IsLetterOrDigit(c) && c < 128 || " .,:;()[]/_-+#=".IndexOf(c) >= 0)
                json.Append(c);
            else
                json.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture));
        }

        return json.Append('"').ToString();
    }

    public static string Of(long number) => number.ToString(CultureInfo.InvariantCulture);

    public static string Of(double number) => Math.Round(number, 2).ToString("0.##", CultureInfo.InvariantCulture);

    public static string List<T>(IEnumerable<T> items, Func<T, string> write) => $"[{string.Join(",", items.Select(write))}]";

    public static string Object(params (string Name, string Value)[] members) => $"{{{string.Join(",", members.Select(m => $"{Of(m.Name)}:{m.Value}"))}}}";
}
