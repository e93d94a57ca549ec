using System;
using System.Threading.Tasks;
using PandoraSync.Server.Storage;
using PandoraSync.Transport;

namespace PandoraSync.Server.Sessions;

/// <summary>The file that a client has been sent by MV, if any: it is deleted once the client shows that it has the content (protocol.md, section 5).</summary>
internal sealed class MoveUnderWay(TentacleChannel channel, BufferStorage storage, ServerStatistics statistics, LocalWork local, Action<TentacleLogLevel, string> log)
{
    private PendingMove? _pending;
    private bool _isConfirmedByNext;

    /// <summary>True until it is known what becomes of the file.</summary>
    public bool IsPending => _pending is not null;

    /// <summary>The content has been sent.</summary>
    /// <param name="sent">The file, which stays claimed.</param>
    public void Begin(PendingMove sent)
    {
        _pending = sent;

        // What came before the content had left says nothing about the content.
        _isConfirmedByNext = !channel.HasInput;
    }

    /// <summary>The client has said something more, so it has what it was sent.</summary>
    public async Task ConfirmByCommandAsync()
    {
        if (_pending is not null && (_isConfirmedByNext || await channel.IsAllAcknowledgedAsync().ConfigureAwait(false)))
            Finish();
        Keep();
    }

    /// <summary>The client has closed the connection.</summary>
    public async Task ConfirmByCloseAsync()
    {
        if (_pending is not null && channel.EndedOrderly && await channel.IsAllAcknowledgedAsync().ConfigureAwait(false))
            Finish();
    }

    /// <summary>If nothing has shown that the client has the content, the file stays.</summary>
    public void Keep()
    {
        if (_pending is not { } kept)
            return;
        _pending = null;
        log(TentacleLogLevel.Log, $"{channel.Peer} did not show that it has '{kept.Name}': kept");
        storage.Release(kept.Name);
    }

    private void Finish()
    {
        if (_pending is not { } done)
            return;
        _pending = null;
        var isDeleted = false;
        var reason = local.Try(done.Name, () => isDeleted = storage.Delete(done));
        storage.Release(done.Name);
        if (!isDeleted)
        {
            log(TentacleLogLevel.Error, $"{channel.Peer} took '{done.Name}', but it stays: {reason ?? "it is another file by now"}");
            return;
        }

        statistics.Moved();
        log(TentacleLogLevel.Log, $"{channel.Peer} took '{done.Name}' ({done.File.Length} bytes)");
    }
}
