using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using PandoraSync.Cmdlets.Base;
using PandoraSync.Native;
using PandoraSync.Protocol;
using PandoraSync.Sync.Journal;

namespace PandoraSync.Cmdlets.Sync;

/// <summary>Shows how each site is, by what all runs into an incoming directory have written down: those that need a person first. It connects nowhere.</summary>
[Cmdlet(VerbsCommon.Get, "PandoraSyncStatus", DefaultParameterSetName = "Destination")]
[OutputType(typeof(SyncStatus))]
public sealed class GetPandoraSyncStatusCmdlet : JournalCmdlet
{
    /// <inheritdoc/>
    private protected override object Write(string incomingDirectory, IReadOnlyCollection<string> sites)
    {
        var now = DateTime.UtcNow;
        var known = JournalReader.ReadStatuses(incomingDirectory).ToDictionary(s => s.Site, StringComparer.Ordinal);
        if (FileSystemCalls.FreeBytes(incomingDirectory) is { } free and < TentacleLimits.DefaultMinFreeBytes)
            WriteWarning($"The disk of '{incomingDirectory}' has {ByteSize.Format(free)} free, and nothing is drained while that is below {ByteSize.Format(TentacleLimits.DefaultMinFreeBytes)}: make room. Until then what is shown may be old.");
        if (known.Count == 0)
            WriteWarning($"No run into '{incomingDirectory}' has written anything down.");
        var shown = known.Values.Select(s => new SyncStatus(s, now)).Concat(sites.Where(s => !known.ContainsKey(s)).Select(s => new SyncStatus(s)))
            .Where(s => IsWanted(s.Site)).OrderBy(s => s.Succeeded).ThenByDescending(s => s.FailuresInARow).ThenBy(s => s.Site, StringComparer.Ordinal).ToArray();
        WriteObject(shown, enumerateCollection: true);
        return shown;
    }
}
