using System;
using System.Globalization;
using System.Threading;
using System.Threading.Tasks;
using CsCheck;
using Xunit;

namespace PandoraSync.Tests.RemoteConfiguration;

/// <summary>
/// Random sequences of uploads, savings, deletions, commands and runs that are stopped, over lines that break. PANDORASYNC_FAULT_SEQUENCES sets how many
/// (60 each by default); a failure prints its seed, and CsCheck_Seed plays it again.
/// </summary>
public sealed class WaybackFaultTests
{
    private const int SideBySide = 16;
    private static readonly long Sequences = long.Parse(Environment.GetEnvironmentVariable("PANDORASYNC_FAULT_SEQUENCES") ?? "60", CultureInfo.InvariantCulture);

    [Theory]
    [InlineData(SiteKind.Ours)]
    [InlineData(SiteKind.Stock)]
    [InlineData(SiteKind.StockTls)]
    public async Task Whatever_breaks_no_version_is_lost_no_pair_is_mixed_and_no_command_runs_twice(SiteKind kind)
    {
        ThreadPool.GetMinThreads(out _, out var ports);
        ThreadPool.SetMinThreads(SideBySide * 4, ports);
        await Task.Run(() => WaybackStory.Any.Sample(story => WaybackRun.PlayAsync(story, kind).GetAwaiter().GetResult(), iter: Sequences, threads: SideBySide), TestContext.Current.CancellationToken);
    }
}
