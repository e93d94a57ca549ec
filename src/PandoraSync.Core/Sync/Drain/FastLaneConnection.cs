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
internal sealed class FastLaneConnection(TentacleClient client, DrainContext context, CancellationToken cancellationToken) : DrainConnection(context)
{
    private readonly TentaclePipeline _pipeline = client.BeginPipeline(cancellationToken);
    private readonly ContentHash _hash = new();

    protected override ContentHash? Hash => Context.Options.KeepsFiles ? null : _hash;

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

    protected override async Task ReadRemovalAsync(DrainStep step, StagedFile file)
    {
        var outcome = await _pipeline.ReadDeletionAsync(file.Name, file.Length).ConfigureAwait(false);
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
                Context.Progress.RecordMissing(file.Name);
            else
                Outcomes.Retry(step.Item, $"'{file.Name}' changed while it was taken", TentacleErrorKind.Changed);
        }
    }

    protected override void Answered(DrainStep step) => Context.Progress.Answered();

    protected override Task<long?> TakeContentAsync(TentacleVerb verb, string name, Func<long, Stream?> open, Action<int> received) =>
        _pipeline.ReadFileAsync(verb, name, size => open(size)!, received);

    /// <summary>Leaves a file that is too large. Its content comes all the same, and may be without end: only with the connection does it stop.</summary>
    protected override void Decline(DrainStep step, long size)
    {
        Outcomes.SkipTooLarge(step.Item.Name, size);

        // What the server has is another content, so that of an older copy is ours to deliver.
        if (step.Kept is { } kept)
            Deliveries.Add(kept);
        EndStep();
        Outcomes.IsFileToBlame = true;
        throw new TentacleException(TentacleErrorKind.TooLarge, $"{Context.Site.Name} announced {size} bytes for '{step.Item.Name}', over the limit of {Context.Options.MaxFileBytes}.") { Peer = Context.Site.Name, File = step.Item.Name, Step = "RECV" };
    }

    /// <summary>A copy of an earlier run is read once more for its digest, by which the server deletes the file or finds it gone.</summary>
    protected override DrainStep? Begin(DrainItem item)
    {
        if (item.Staged is not { } file)
            return base.Begin(item);
        if (file.Sha256 is not null || Outcomes.TryRead(file, content => file.Sha256 = ContentHash.Of(content)))
            Receiving.Add(file);
        return null;
    }
}
