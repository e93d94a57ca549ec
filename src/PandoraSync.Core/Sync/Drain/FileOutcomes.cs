using System;
using System.IO;
using System.Threading.Tasks;
using PandoraSync.Files;
using PandoraSync.Protocol;
using PandoraSync.Sync.Staging;

namespace PandoraSync.Sync.Drain;

/// <summary>What becomes of the files of one connection that cannot be taken now: they go back into the queue, wait for the next run, or are left.</summary>
internal sealed class FileOutcomes(DrainContext context)
{
    private const int MostAttempts = 3;

    /// <summary>True once a file is to blame for the connection's end.</summary>
    public bool IsFileToBlame { get; set; }

    /// <summary>Gives back what a step was about.</summary>
    /// <param name="step">The step.</param>
    /// <param name="error">The error that the file may have caused: after a few it waits for the next run; null if it has nothing to do with it.</param>
    public void Requeue(DrainStep step, Exception? error)
    {
        IsFileToBlame |= error is not null;
        switch (step.Removed ?? step.Kept, error)
        {
            case ({ } file, { } cause) when ++file.Attempts >= MostAttempts:
                file.LoseAnswer();
                Skip(file.Name, cause.Message.TrimEnd('.'), KindOf(cause));
                break;
            case ({ } file, _):
                Requeue(file);
                break;
            case (null, { } cause):
                Retry(step.Item, cause.Message.TrimEnd('.'), KindOf(cause));
                break;
            default:
                context.Queue.Return(step.Item);
                break;
        }
    }

    /// <summary>Gives back a file that lies here.</summary>
    /// <param name="file">The file.</param>
    /// <param name="isKept">False if our copy is not to be used.</param>
    public void Requeue(StagedFile file, bool isKept = true)
    {
        file.LoseAnswer();
        context.Queue.Return(new DrainItem(file.Name, isKept ? file : null, file.Attempts));
    }

    /// <summary>Has a file tried again, a few times.</summary>
    public void Retry(DrainItem item, string why, TentacleErrorKind kind)
    {
        if (item.Attempts + 1 >= MostAttempts)
            Skip(item.Name, why, kind);
        else
            context.Queue.Return(item with { Attempts = item.Attempts + 1 });
    }

    /// <summary>Leaves a file that is larger than is allowed.</summary>
    public void SkipTooLarge(string name, long bytes) =>
        context.Progress.Skip(name, $"It has {bytes} bytes, over the limit of {context.Options.MaxFileBytes}: raise the largest file size to take it.", TentacleErrorKind.TooLarge);

    /// <summary>Reads a copy of an earlier run; one that cannot be read is left, and stops nothing else.</summary>
    /// <returns>False if it cannot be read.</returns>
    public bool TryRead(StagedFile file, Action<Stream> read)
    {
        try
        {
            using var content = StagingFolder.Read(file.Path);
            read(content);
            return true;
        }
        catch (Exception e) when (LocalFileError.IsFileError(e))
        {
            context.Progress.Skip(file.Name, LocalFileError.Explain(e, file.Path, "read").Message, TentacleErrorKind.LocalFile);
            return false;
        }
    }

    /// <summary>Keeps a file that the server has let go of and that could not be delivered: this run tries again, or any later one.</summary>
    public void KeepRemoved(StagedFile file)
    {
        try
        {
            context.Staging.KeepRemoved(file);
        }
        catch (Exception e) when (LocalFileError.IsFileError(e))
        {
            context.Progress.LogVerbose($"'{file.Name}' could not be noted as removed at the server; the next run asks again: {e.Message}");
        }

        context.Queue.Return(new DrainItem(file.Name, file, file.Attempts));
    }

    /// <summary>Waits for the disk, which may fail once more.</summary>
    public async Task TryAsync(Task work)
    {
        try
        {
            await work.ConfigureAwait(false);
        }
        catch (Exception e) when (LocalFileError.IsFileError(e))
        {
            context.Progress.LogVerbose($"the disk could not keep what was under way: {e.Message}");
        }
    }

    private void Skip(string name, string why, TentacleErrorKind kind) => context.Progress.Skip(name, $"{why}; it is left for the next run.", kind);

    private static TentacleErrorKind KindOf(Exception error) => (error as TentacleException)?.Kind ?? TentacleErrorKind.LocalFile;
}
