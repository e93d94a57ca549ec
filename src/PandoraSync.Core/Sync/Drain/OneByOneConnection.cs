using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Client;
using PandoraSync.Protocol;
using PandoraSync.Sync.Staging;

namespace PandoraSync.Sync.Drain;

/// <summary>
/// Towards any server, one command at a time: each answer is known before more is said, so that a file can be declined, and the next answer
/// proves that the server has deleted what it was told to move (protocol.md, section 5).
/// </summary>
/// <param name="client">The connection.</param>
/// <param name="context">What the connections of the site share.</param>
/// <param name="takesOnlyFailed">True where all others are asked for ahead, which is many times faster.</param>
/// <param name="cancellationToken">Ends it at once.</param>
internal sealed class OneByOneConnection(TentacleClient client, DrainContext context, bool takesOnlyFailed, CancellationToken cancellationToken) : DrainConnection(context)
{
    protected override bool IsQueueEmpty => takesOnlyFailed ? Context.Queue.IsEmptyFailed : Context.Queue.IsEmpty;

    protected override async Task WorkAsync()
    {
        await base.WorkAsync().ConfigureAwait(false);
        await client.QuitAsync(cancellationToken).ConfigureAwait(false);
    }

    protected override void AskMore()
    {
        if (UnderWay.Count > 0 || BeginNext(mayReceive: true) is not null)
            return;

        // QUIT has no answer: an end of the connection behind it does not show that the server has heard it.
        if (Unproven.Count > 0 && HasNothingToAsk)
            PutUnderWay(DrainStep.SyncPoint());
    }

    protected override DrainItem? TakeItem() => takesOnlyFailed ? Context.Queue.TakeFailed() : Context.Queue.Take();

    protected override Task<long?> TakeContentAsync(TentacleVerb verb, string name, Func<long, Stream?> open, Action<int> received) =>
        client.TakeAsync(verb, name, open, received, cancellationToken);

    protected override void Decline(DrainStep step, long size)
    {
        // No confirmation is said then.
    }

    protected override Task ProveAsync() => client.ProbeAsync(cancellationToken);

    /// <summary>Has the server move a file that is whole and flushed here, unless it is still changing.</summary>
    protected override async Task ReadRemovalAsync(DrainStep step, StagedFile file)
    {
        var size = await CompareRemovedAsync(step, file, Accept).ConfigureAwait(false);
        if (size == file.Length)
            return;
        StagingFolder.Discard(file);
        if (size is null)
            Context.Progress.RecordMissing(file.Name);
        else
            Outcomes.Retry(step.Item, $"'{file.Name}' changed from {file.Length} to {size} bytes while it was taken", TentacleErrorKind.Changed);

        bool Accept(long announced)
        {
            if (announced == file.Length)
                file.AskRemoval();
            return announced == file.Length;
        }
    }

    /// <summary>The server has answered again, so it has deleted what it was told to move before.</summary>
    protected override void Answered(DrainStep step)
    {
        Context.Progress.Answered();
        ConfirmUnproven();
        if (step.Removed is { AtServer: FileAtServer.RemovalAsked })
            Unproven.Enqueue(step);
    }
}
