using System;
using System.Collections.Generic;
using System.IO;
using System.Threading.Tasks;
using PandoraSync.Files;
using PandoraSync.Sync.Drain;

namespace PandoraSync.Sync.Staging;

/// <summary>
/// Gives files their place in the incoming directory once their server has let go of them. At once: should this run die, nothing on disk
/// but the place would tell that the copy is the only one. They are flushed together later.
/// </summary>
internal sealed class DeliveryQueue(DrainContext context)
{
    private readonly Queue<StagedFile> _waiting = new();
    private List<StagedFile> _placed = [];
    private long _mark;
    private Task _flushed = Task.CompletedTask;

    /// <summary>Files delivered for good.</summary>
    public int Count { get; private set; }

    /// <summary>Files that could not be given their place.</summary>
    public IReadOnlyCollection<StagedFile> Waiting => _waiting;

    /// <summary>Files that have their place or wait for it, and are not flushed yet.</summary>
    public int Pending => _waiting.Count + _placed.Count;

    /// <summary>True if what was delivered is flushed too, so that <see cref="DeliverAsync"/> need not wait.</summary>
    public bool IsReady => _flushed.IsCompleted;

    /// <summary>Gives a file its place; where that fails, <see cref="DeliverAsync"/> says so.</summary>
    public void Add(StagedFile file)
    {
        file.ConfirmRemoval();
        _waiting.Enqueue(file);
        file.Newer?.ConfirmRemoval();
        if (file.Newer is { } newer)
            _waiting.Enqueue(newer);
        file.Newer = null;
        try
        {
            Place();
        }
        catch (Exception e) when (LocalFileError.IsFileError(e))
        {
            // In the middle of a conversation nobody could say what became of the file that is under way.
        }
    }

    /// <summary>Has what was added flushed. What follows does not wait for the directory's flush; the next delivery does.</summary>
    /// <exception cref="IOException">The incoming directory cannot be written.</exception>
    public async Task DeliverAsync()
    {
        await _flushed.ConfigureAwait(false);
        try
        {
            Place();
        }
        finally
        {
            // What has its place has arrived, whatever became of the next.
            var (placed, mark) = (_placed, _mark);
            _placed = [];
            if (placed.Count > 0)
                _flushed = FlushDeliveredAsync(placed, mark);
        }
    }

    /// <summary>Delivers what waits and comes back when all is flushed.</summary>
    /// <exception cref="IOException">The incoming directory cannot be written.</exception>
    public async Task CompleteAsync()
    {
        try
        {
            await DeliverAsync().ConfigureAwait(false);
        }
        finally
        {
            await _flushed.ConfigureAwait(false);
        }
    }

    private void Place()
    {
        if (_placed.Count == 0)
            _mark = context.Incoming.Mark();
        for (; _waiting.Count > 0; _waiting.Dequeue())
        {
            var file = _waiting.Peek();
            if (file.IsSuperseded)
            {
                StagingFolder.Discard(file);
                continue;
            }

            context.Incoming.Deliver(file);
            _placed.Add(file);
        }
    }

    private async Task FlushDeliveredAsync(List<StagedFile> delivered, long mark)
    {
        await context.Incoming.FlushAsync(delivered, mark, context.Staging.WholeFolder).ConfigureAwait(false);
        foreach (var file in delivered)
            context.Progress.Arrived(file, file.Path);
        Count += delivered.Count;
    }
}
