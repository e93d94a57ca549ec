using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Client;
using PandoraSync.Files;
using PandoraSync.Protocol;
using PandoraSync.Sync.Staging;

namespace PandoraSync.Sync.Drain;

/// <summary>Towards a server with the fast lane (protocol.md, section 9): as much is under way as the line takes, and files are deleted by their content.</summary>
/// <param name="client">A connection that is in step.</param>
/// <param name="context">What the connections of the site share.</param>
/// <param name="cancellationToken">Ends it at once.</param>
internal sealed class FastLaneConnection(TentacleClient client, DrainContext context, CancellationToken cancellationToken) : DrainConnection(context)
{
    private readonly TentaclePipeline _pipeline = client.BeginPipeline(cancellationToken);
    private readonly ContentHash _hash = new();

    /// <inheritdoc/>
    protected override async Task WorkAsync()
    {
        using (_hash)
        using (_pipeline)
        {
            await base.WorkAsync().ConfigureAwait(false);
            await _pipeline.CompleteAsync().ConfigureAwait(false);
        }

        await client.LeaveAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override void AskMore()
    {
        var mayReceive = _pipeline.IsLow && ReceivesUnderWay <= MostReceives / 2;
        while (!_pipeline.IsFull && BeginNext(mayReceive && ReceivesUnderWay < MostReceives) is { } step)
        {
            if (step.Removed is { } file)
                _pipeline.Delete(file.Name, file.Sha256!);
            else
                _pipeline.Receive(step.Item.Name);
            step.Removed?.AskRemoval();
        }

        _pipeline.Send();
    }

    /// <inheritdoc/>
    protected override async Task ReadAnswerAsync(DrainStep step)
    {
        try
        {
            if (step.Removed is { } file)
                CompleteDeletion(step, file, await _pipeline.ReadDeletionAsync(file.Name, file.Length).ConfigureAwait(false));
            else
                await TakeAsync(step).ConfigureAwait(false);
        }
        catch (TentacleException e) when (e.Kind == TentacleErrorKind.Refused)
        {
            // What may be the only copy stays for the next run to look at again.
            if (step.Removed is { AtServer: FileAtServer.RemovalAsked } refused)
                StagingFolder.Discard(refused);
            Context.Tally.Skip(step.Item.Name, e.Message, e.Kind);
        }

        Context.Tally.Answered();
    }

    /// <inheritdoc/>
    protected override Task<long?> TakeContentAsync(TentacleVerb verb, string name, Func<long, Stream?> open, Action<int> received) =>
        _pipeline.ReadFileAsync(verb, name, size => open(size)!, received);

    /// <summary>Leaves a file that is too large. Its content comes all the same, and may be without end: only with the connection does it stop.</summary>
    protected override Stream Decline(DrainStep step, long size)
    {
        Outcomes.SkipTooLarge(step.Item.Name, size);

        // What the server has is another content, so that of an older copy is ours to deliver.
        if (step.Kept is { } kept)
            Deliveries.Add(kept);
        EndStep();
        Outcomes.IsFileToBlame = true;
        throw new TentacleException(TentacleErrorKind.TooLarge, $"{Context.Site.Name} announced {size} bytes for '{step.Item.Name}', over the limit of {Context.Options.MaxFileBytes}.") { Peer = Context.Site.Name, File = step.Item.Name, Step = "RECV" };
    }

    /// <inheritdoc/>
    protected override Stream Hashing(Stream destination) => Context.Options.KeepsFiles ? destination : new FeedStream(bytes =>
    {
        destination.Write(bytes.Array!, bytes.Offset, bytes.Count);
        _hash.Add(bytes);
    });

    /// <inheritdoc/>
    protected override string? CompleteHash() => Context.Options.KeepsFiles ? null : _hash.Complete();

    /// <summary>Reads a copy of an earlier run once more; one that cannot be read is named and does not stop the rest.</summary>
    protected override bool IsReady(DrainStep step)
    {
        if (step.Removed is not { Sha256: null } file)
            return true;
        try
        {
            using var content = StagingFolder.Read(file.Path);
            file.Sha256 = ContentHash.Of(content);
            return true;
        }
        catch (Exception e) when (LocalFileError.IsFileError(e))
        {
            Outcomes.SkipUnreadable(file, e);
            return false;
        }
    }

    /// <summary>The server has been told to delete a file.</summary>
    private void CompleteDeletion(DrainStep step, StagedFile file, DeletionOutcome outcome)
    {
        var mayBeDoneBefore = file.AtServer == FileAtServer.Unknown;
        if (outcome == DeletionOutcome.Deleted || (outcome == DeletionOutcome.Missing && mayBeDoneBefore))
        {
            Deliveries.Add(file);
        }
        else if (outcome == DeletionOutcome.OtherContent && mayBeDoneBefore)
        {
            Next.Enqueue(new DrainStep(step.Item, kept: file));
        }
        else
        {
            StagingFolder.Discard(file);
            if (outcome == DeletionOutcome.Missing)
                Context.Tally.RecordMissing(file.Name);
            else
                Outcomes.Retry(step.Item, $"'{file.Name}' changed while it was taken", TentacleErrorKind.Changed);
        }
    }
}
