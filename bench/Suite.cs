using System;
using System.Collections.Generic;
using System.Linq;

namespace PandoraSync.Bench;

/// <summary>All comparisons, by name, in the order of the report.</summary>
internal static class Suite
{
    // Each is made when its turn has come: a comparison may make certificates.
    private static readonly (string Name, bool IsAskedFor, Func<Scale, Comparison> Make)[] Known =
    [
        ("drain", false, DrainRuns.Compare),
        ("delay", false, DelayRuns.Compare),
        ("stock", false, StockDrains.Compare),
        ("stock-delay", false, StockLineRuns.Compare),
        ("send", false, SendRuns.Compare),
        ("sessions", false, SessionRuns.Compare),
        ("tls", false, TlsCosts.CompareDrains),
        ("tls-send", false, TlsCosts.CompareSends),
        ("handshakes", false, TlsCosts.CompareHandshakes),
        ("big", false, BigFileRuns.Compare),
        ("crowd", false, CrowdRuns.Compare),
        ("sites", false, SiteRuns.Compare),
        ("workers", false, WorkerRuns.Compare),
        ("idle", false, IdleRuns.Compare),
        ("configuration", false, ConfigurationRuns.Compare),
        ("million", true, MillionRuns.Compare),
    ];

    public static IReadOnlyList<string> Names => [.. Known.Select(k => k.Name)];

    /// <summary>The comparisons that the command line asks for.</summary>
    public static IEnumerable<Comparison> Choose(BenchArguments arguments)
    {
        var scale = new Scale(arguments.IsShort, arguments.Files);
        return Known
            .Where(k => arguments.Only.Count > 0 ? arguments.Only.Contains(k.Name, StringComparer.Ordinal) : arguments.IsFull || !k.IsAskedFor)
            .Select(k => k.Make(scale));
    }
}
