using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Client;
using PandoraSync.Files;
using PandoraSync.Protocol;
using PandoraSync.Sync.Staging;

namespace PandoraSync.Sync.Drain;

/// <summary>
/// Towards any server, one command at a time: each answer is known before more is said, so that a file can be declined, and the next answer
/// proves that the server has deleted what it was told to move (protocol.md, section 5).
/// </summary>
/// <param name="client">A connection that is in step.</param>
/// <param name="context">What the connections of the site share.</param>
/// <param name="cancellationToken">Ends it at once.</param>
internal sealed class OneByOneConnection(TentacleClient client, DrainContext context, CancellationToken cancellationToken) : DrainConnection(context)
{
    /// <summary>QUIT has no answer: an end of the connection behind it does not show that the server has heard it.</summary>
    protected override bool IsTimeToProve => Unproven.Count > 0 && HasNothingToAsk;

    /// <inheritdoc/>
    protected override async Task WorkAsync()
    {
        await base.WorkAsync().ConfigureAwait(false);
        await client.QuitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override void AskMore()
    {
        if (UnderWay.Count == 0)
            BeginNext(mayReceive: true);
    }

    /// <inheritdoc/>
    protected override async Task ReadAnswerAsync(DrainStep step)
    {
        try
        {
            if (step.Removed is { } file)
                await MoveAsync(step, file).ConfigureAwait(false);
            else
                await TakeAsync(step).ConfigureAwait(false);
        }
        catch (TentacleException e) when (e.Kind is TentacleErrorKind.Refused or TentacleErrorKind.BadName)
        {
            // What may be the only copy stays for the next run to look at again.
            if (step.Removed is { } refused)
                StagingFolder.Discard(refused);
            Context.Tally.Skip(step.Item.Name, e.Message, e.Kind);
        }
        catch (Exception e) when (step.Kept is not null && LocalFileError.IsFileError(e))
        {
            Outcomes.SkipUnreadable(step.Kept, e);
        }
    }

    /// <inheritdoc/>
    protected override async Task<long?> TakeContentAsync(TentacleVerb verb, string name, Func<long, Stream?> open, Action<int> received)
    {
        long? size;
        try
        {
            size = await client.TakeAsync(verb, name, open, received, cancellationToken).ConfigureAwait(false);
        }
        catch (TentacleException e) when (e.Kind == TentacleErrorKind.Refused)
        {
            EndAnswer();
            throw;
        }

        EndAnswer();
        return size;
    }

    /// <inheritdoc/>
    protected override Stream? Decline(DrainStep step, long size) => null;

    /// <summary>What the server may have been told to move is looked for first.</summary>
    protected override DrainStep? Begin(DrainItem item) =>
        item.Staged is { AtServer: FileAtServer.Unknown } kept ? new DrainStep(item, kept: kept) : base.Begin(item);

    /// <inheritdoc/>
    protected override Task ProveAsync() => client.ProbeAsync(cancellationToken);

    /// <summary>Has the server move a file that is whole and flushed here, unless it is still changing.</summary>
    private async Task MoveAsync(DrainStep step, StagedFile file)
    {
        var size = await CompareRemovedAsync(file, Accept).ConfigureAwait(false);
        if (size == file.Length)
        {
            Unproven.Enqueue(step);
            return;
        }

        StagingFolder.Discard(file);
        if (size is null)
            Context.Tally.RecordMissing(file.Name);
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
    private void EndAnswer()
    {
        Context.Tally.Answered();
        ConfirmUnproven();
    }
}
