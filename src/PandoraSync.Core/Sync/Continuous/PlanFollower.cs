using System;
using System.IO;
using System.Linq;
using PandoraSync.Files;
using PandoraSync.Protocol;

namespace PandoraSync.Sync.Continuous;

/// <summary>Keeps a plan in step with the files that it was made from. What is wrong with them is told, and the plan stays as it was.</summary>
internal sealed class PlanFollower
{
    private readonly ISyncPlanSource _source;
    private readonly SyncClock _clock;
    private readonly Action<SyncLogEntry> _log;
    private string _read = string.Empty;
    private string _seen;
    private string? _wrong;

    /// <summary>Reads the first plan.</summary>
    /// <exception cref="TentacleException">It cannot be made.</exception>
    public PlanFollower(ISyncPlanSource source, SyncClock clock, Action<SyncLogEntry> log)
    {
        (_source, _clock, _log) = (source, clock, log);
        Current = Read();
        _seen = _read;
    }

    /// <summary>The last plan that was right.</summary>
    public SyncPlan Current { get; private set; }

    /// <summary>Looks whether the files have changed, and reads them then. What somebody is still writing is left until the next look; what is wrong is read at each look until it is right.</summary>
    /// <param name="isRequested">True to read them in any case.</param>
    /// <returns>True if there is another plan.</returns>
    public bool Follow(bool isRequested)
    {
        var stamp = Stamp();
        var isSettled = string.Equals(stamp, _seen, StringComparison.Ordinal);
        _seen = stamp;
        if (!isRequested && _wrong is null && (!isSettled || string.Equals(stamp, _read, StringComparison.Ordinal)))
            return false;
        try
        {
            Current = Read();
        }
        catch (TentacleException e)
        {
            if (!string.Equals(_wrong, e.Message, StringComparison.Ordinal))
                _log(new SyncLogEntry(_clock.UtcNow, SyncLogLevel.Error, $"What has changed cannot be used, so all stays as it was: {e.Message}", Error: e));
            _wrong = e.Message;
            return false;
        }

        (_seen, _wrong) = (_read, null);
        _log(new SyncLogEntry(_clock.UtcNow, SyncLogLevel.Information, $"Read anew: {Current.Sites.Count} site{(Current.Sites.Count == 1 ? string.Empty : "s")} into '{Current.Options.IncomingDirectory}'."));
        return true;
    }

    /// <summary>The stamp is taken before the files are read, so that what changes meanwhile is read again.</summary>
    private SyncPlan Read()
    {
        var (files, stamp) = (string.Join("\n", _source.Files), Stamp());
        var plan = _source.Read();
        _read = string.Equals(files, string.Join("\n", _source.Files), StringComparison.Ordinal) ? stamp : Stamp();
        return plan;
    }

    private string Stamp() => string.Join("\n", _source.Files.Select(StampOf));

    private static string StampOf(string path)
    {
        try
        {
            var file = new FileInfo(path);
            return file.Exists ? $"{path} {file.Length} {file.LastWriteTimeUtc.Ticks}" : $"{path} is missing";
        }
        catch (Exception e) when (LocalFileError.IsFileError(e))
        {
            return $"{path}: {e.GetType().Name}";
        }
    }
}
