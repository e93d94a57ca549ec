using System;

namespace PandoraSync.Server.Storage;

/// <summary>Says once when refusing begins and once when it ends, not for every agent that tries.</summary>
/// <param name="log">Told.</param>
/// <param name="begins">What to say when it begins.</param>
internal sealed class RefusalNote(Action<TentacleLogLevel, string> log, string begins)
{
    private bool _isRefusing;

    /// <summary>Notes how it went this time; one thread at a time.</summary>
    public void Note(bool isRefusing)
    {
        if (isRefusing == _isRefusing)
            return;
        _isRefusing = isRefusing;
        if (isRefusing)
            log(TentacleLogLevel.Error, begins);
        else
            log(TentacleLogLevel.Log, "there is room again: files are taken");
    }
}
