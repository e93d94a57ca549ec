using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;

namespace PandoraSync.Cmdlets.Base;

/// <summary>What a cmdlet shows of long work: asked for about five times a second, seldom where nobody sits at a terminal. For the pipeline's thread.</summary>
internal sealed class ProgressScreen(PandoraSyncCmdlet cmdlet)
{
    private static readonly TimeSpan AtTerminal = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Elsewhere = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Interval = Console.IsOutputRedirected ? Elsewhere : AtTerminal;
    private readonly HashSet<int> _shown = [];
    private DateTime _last = DateTime.UtcNow - Interval + AtTerminal;
    private volatile Func<IReadOnlyList<ProgressRecord>>? _source;

    /// <summary>What to show from now on; it is asked on the pipeline's thread.</summary>
    public Func<IReadOnlyList<ProgressRecord>>? Source
    {
        set => _source = value;
    }

    /// <summary>Shows how far it is, if it is time.</summary>
    public void Tick()
    {
        var now = DateTime.UtcNow;
        if (_source is not { } source || now - _last < Interval)
            return;
        _last = now;
        var records = source();
        foreach (var gone in _shown.Except(records.Select(r => r.ActivityId)).ToArray())
            Complete(gone);
        foreach (var record in records)
        {
            _shown.Add(record.ActivityId);
            cmdlet.WriteProgress(record);
        }
    }

    /// <summary>Shows nothing any more.</summary>
    public void Clear()
    {
        _source = null;
        try
        {
            foreach (var id in _shown.ToArray())
                Complete(id);
        }
        catch (PipelineStoppedException)
        {
            // Nobody looks any more.
        }
    }

    private void Complete(int id)
    {
        _shown.Remove(id);
        cmdlet.WriteProgress(new ProgressRecord(id, "PandoraSync", "Done") { RecordType = ProgressRecordType.Completed });
    }
}
