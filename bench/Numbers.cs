using System;
using System.Globalization;

namespace PandoraSync.Bench;

/// <summary>Figures as people read them: three digits that mean something, thousands apart.</summary>
internal static class Numbers
{
    public static string Show(double value) => Math.Abs(value) switch
    {
        >= 100 => value.ToString("#,##0", CultureInfo.InvariantCulture),
        >= 10 => value.ToString("0.0", CultureInfo.InvariantCulture),
        _ => value.ToString("0.00", CultureInfo.InvariantCulture),
    };
}
