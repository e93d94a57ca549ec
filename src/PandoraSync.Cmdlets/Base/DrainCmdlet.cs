using PandoraSync.Protocol;
using PandoraSync.Sync;

namespace PandoraSync.Cmdlets.Base;

/// <summary>What the cmdlets that drain buffers share: progress, and what is said of files that were not taken.</summary>
internal static class DrainCmdlet
{
    /// <summary>Has a drain tell its story through a pump.</summary>
    public static SyncOptions WithPump(this SyncOptions options, CmdletPump pump, DrainScreen screen)
    {
        pump.Progress(screen.Show);
        return options with { Verbose = pump.Verbose, Warn = pump.Warning, Progress = screen.Update };
    }

    /// <summary>Writes an error for the site, if it failed, and for each file that was left.</summary>
    public static void ReportProblems(this SiteResult result, CmdletPump pump)
    {
        foreach (var left in result.Skipped)
            pump.Error(new TentacleException(left.Kind, $"'{left.Name}' at {result.Site} was not taken: {left.Reason}") { Peer = result.Site, File = left.Name, Step = "drain" }, left.Name);
        if (result.SkippedCount > result.Skipped.Count)
            pump.Error(new TentacleException(TentacleErrorKind.TooLarge, $"{result.SkippedCount - result.Skipped.Count} more files at {result.Site} were not taken: -Verbose names them all.") { Peer = result.Site, Step = "drain" }, result.Site);
        if (result.Error is { } error)
            pump.Error(error, result.Site);
    }
}
