using System.Collections.Generic;
using System.IO;
using System.Threading.Tasks;
using PandoraSync.Files;

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
    /// <exception cref="IOException">The incoming directory cannot be written.</exception>
    public async Task DeliverAsync()
    {
        await _lasting.ConfigureAwait(false);
        var delivered = new List<StagedFile>(_waiting.Count);
        var mark = context.Incoming.Mark();
        try
        {
            for (; _waiting.Count > 0; _waiting.Dequeue())
                Deliver(_waiting.Peek(), delivered);
        }
        finally
        {
            // What has its place has arrived, whatever became of the next.
            if (delivered.Count > 0)
                _lasting = MakeLastingAsync(delivered, mark);
        }
    }

    /// <summary>Delivers what waits and comes back when all is flushed.</summary>
    /// <exception cref="IOException">The incoming directory cannot be written.</exception>
    public async Task CompleteAsync()
    {
        await DeliverAsync().ConfigureAwait(false);
        await _lasting.ConfigureAwait(false);
    }

    /// <summary>Comes back when what was delivered is flushed; what waits is left waiting.</summary>
    /// <exception cref="IOException">The incoming directory cannot be flushed.</exception>
    public Task SettleAsync() => _lasting;

    private void Deliver(StagedFile file, List<StagedFile> delivered)
    {
        if (file.IsSuperseded)
            StagingFolder.Discard(file);
        foreach (var each in new[] { file.IsSuperseded ? null : file, file.Newer })
        {
            if (each is null)
                continue;
            Deliver(each);
            delivered.Add(each);
        }
    }

    private void Deliver(StagedFile file) => file.Path = context.Incoming.Deliver(file.Path, file.Name);

    private async Task MakeLastingAsync(List<StagedFile> delivered, long mark)
    {
        await DiskTrouble.OutlastAsync(() => context.Incoming.FlushAsync(mark), DeliverAgain).ConfigureAwait(false);
        foreach (var file in delivered)
            context.Tally.Arrived(file, file.Path);
        Count += delivered.Count;

        // The servers no longer have these files, and the entries that a failed flush was about are not on disk.
        void DeliverAgain()
        {
            mark = context.Incoming.Mark();
            foreach (var file in delivered.FindAll(f => context.Incoming.TryTakeBack(f, context.Staging)))
                Deliver(file);
        }
    }
}
