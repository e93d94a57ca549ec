using System.Collections.Generic;
using System.Threading.Tasks;

namespace PandoraSync.Sync;

/// <summary>Gives files their place in the incoming directory once their server has let go of them.</summary>
internal sealed class Deliveries(DrainContext context)
{
    private readonly Queue<StagedFile> _waiting = new();
    private Task _lasting = Task.CompletedTask;

    /// <summary>Files delivered for good.</summary>
    public int Count { get; private set; }

    /// <summary>Files to be delivered.</summary>
    public IReadOnlyCollection<StagedFile> Waiting => _waiting;

    /// <summary>True if what was delivered is flushed too, so that <see cref="DeliverAsync"/> need not wait.</summary>
    public bool IsReady => _lasting.IsCompleted;

    /// <summary>Adds a file that is to be delivered.</summary>
    public void Add(StagedFile file) => _waiting.Enqueue(file);

    /// <summary>Gives waiting files their place. What follows does not wait for the directory's flush; the next delivery does.</summary>
    /// <exception cref="System.IO.IOException">The incoming directory cannot be written.</exception>
    public async Task DeliverAsync()
    {
        await _lasting.ConfigureAwait(false);
        var delivered = new List<(StagedFile File, string Path)>(_waiting.Count);
        try
        {
            for (; _waiting.Count > 0; _waiting.Dequeue())
                Deliver(_waiting.Peek(), delivered);
        }
        finally
        {
            // What has its place has arrived, whatever became of the next.
            if (delivered.Count > 0)
                _lasting = MakeLastingAsync(delivered);
        }
    }

    /// <summary>Delivers what waits and comes back when all is flushed.</summary>
    /// <exception cref="System.IO.IOException">The incoming directory cannot be written.</exception>
    public async Task CompleteAsync()
    {
        await DeliverAsync().ConfigureAwait(false);
        await _lasting.ConfigureAwait(false);
    }

    /// <summary>Comes back when what was delivered is flushed; what waits is left waiting.</summary>
    /// <exception cref="System.IO.IOException">The incoming directory cannot be flushed.</exception>
    public Task SettleAsync() => _lasting;

    private void Deliver(StagedFile file, List<(StagedFile File, string Path)> delivered)
    {
        if (file.IsSuperseded)
            StagingFolder.Discard(file);
        else
            delivered.Add((file, context.Incoming.Deliver(file.Path, file.Name)));
        if (file.Newer is { } newer)
            delivered.Add((newer, context.Incoming.Deliver(newer.Path, newer.Name)));
    }

    private async Task MakeLastingAsync(List<(StagedFile File, string Path)> delivered)
    {
        await context.Incoming.FlushAsync().ConfigureAwait(false);
        foreach (var (file, path) in delivered)
            context.Tally.Arrived(file, path);
        Count += delivered.Count;
    }
}
