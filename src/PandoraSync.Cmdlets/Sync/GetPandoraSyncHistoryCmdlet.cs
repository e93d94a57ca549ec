using System;
using System.Collections.Generic;
using System.Management.Automation;
using PandoraSync.Sync.Journal;

namespace PandoraSync.Cmdlets.Sync;

/// <summary>Shows what runs into an incoming directory came to, oldest first: a record for each run over a site that said something new, and one an hour for the rest. It connects nowhere.</summary>
[Cmdlet(VerbsCommon.Get, "PandoraSyncHistory", DefaultParameterSetName = "Destination")]
[OutputType(typeof(SyncRecord))]
public sealed class GetPandoraSyncHistoryCmdlet : JournalCmdlet
{
    private WildcardPattern[] _results = [];

    /// <summary>Only runs that began then or later.</summary>
    [Parameter]
    public DateTime After { get; set; } = DateTime.MinValue;

    /// <summary>Only runs that began before.</summary>
    [Parameter]
    public DateTime Before { get; set; } = DateTime.MaxValue;

    /// <summary>Only these results, such as <c>OK</c>, <c>FilesSkipped</c> or <c>Unreachable</c>, or patterns.</summary>
    [Parameter]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Result { get; set; } = [];

    /// <summary>Only what did not succeed.</summary>
    [Parameter]
    public SwitchParameter Failed { get; set; }

    /// <summary>Only so many, the last ones; 0, the default, for all.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int Last { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        _results = Array.ConvertAll(Result, r => WildcardPattern.Get(r, WildcardOptions.IgnoreCase));
    }

    /// <inheritdoc/>
    private protected override object Write(string incomingDirectory, IReadOnlyCollection<string> sites)
    {
        var (after, before) = (ToUtc(After), ToUtc(Before));
        var records = JournalReader.Read(incomingDirectory, r => r.Time >= after && r.Time < before && IsWanted(r.Site) && IsWanted(r));
        if (Last > 0)
        {
            var last = new Queue<JournalRecord>();
            foreach (var record in records)
            {
                if (last.Count == Last)
                    last.Dequeue();
                last.Enqueue(record);
            }

            records = last;
        }

        foreach (var record in records)
        {
            if (Stopping)
                break;
            WriteObject(new SyncRecord(record));
        }

        return this;
    }

    private bool IsWanted(JournalRecord record) => SyncRecord.ResultOf(record) is var result
        && (!Failed || result is not "OK") && (_results.Length == 0 || Array.Exists(_results, p => p.IsMatch(result)));

    /// <summary>The ends of time are the same everywhere.</summary>
    private static DateTime ToUtc(DateTime time) => time == DateTime.MinValue || time == DateTime.MaxValue ? time : time.ToUniversalTime();
}
