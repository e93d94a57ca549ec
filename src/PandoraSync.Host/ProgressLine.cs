using System;
using System.Collections.Generic;
using System.Management.Automation;
using System.Threading;

namespace PandoraSync.Host;

/// <summary>Progress as one line at the bottom of a terminal, redrawn in place; nothing where there is no terminal.</summary>
internal sealed class ProgressLine
{
    private readonly Lock gate = new();
    private readonly List<ProgressRecord> activities = [];
    private readonly bool shown = !Console.IsErrorRedirected;
    private string drawn = string.Empty;

    /// <summary>Shows the record, or after an activity's last record the one that was shown before it.</summary>
    public void Show(ProgressRecord record)
    {
        if (!shown)
            return;
        lock (gate)
        {
            activities.RemoveAll(activity => activity.ActivityId == record.ActivityId);
            if (record.RecordType != ProgressRecordType.Completed)
                activities.Add(record);
            Draw(activities.Count == 0 ? string.Empty : Text(activities[^1]));
        }
    }

    /// <summary>Takes the line off the terminal, before something else is written there.</summary>
    public void Clear()
    {
        lock (gate)
            Draw(string.Empty);
    }

    private void Draw(string text)
    {
        if (string.Equals(text, drawn, StringComparison.Ordinal))
            return;
        Console.Error.Write("\r\x1b[K" + text);
        drawn = text;
    }

    private static string Text(ProgressRecord record)
    {
        var text = record.PercentComplete >= 0 ? $"{record.Activity}: {record.PercentComplete} %, {record.StatusDescription}" : $"{record.Activity}: {record.StatusDescription}";
        if (!string.IsNullOrEmpty(record.CurrentOperation))
            text += ", " + record.CurrentOperation;
        if (record.SecondsRemaining >= 0)
            text += $", {TimeSpan.FromSeconds(record.SecondsRemaining):c} left";
        text = text.ReplaceLineEndings(" ");
        var width = Console.WindowWidth - 1;
        return width > 0 && text.Length > width ? text[..width] : text;
    }
}
