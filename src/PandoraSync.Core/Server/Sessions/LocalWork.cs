using System;
using PandoraSync.Files;
using PandoraSync.Protocol;
using PandoraSync.Server.Storage;
using PandoraSync.Transport;

namespace PandoraSync.Server.Sessions;

/// <summary>Work with local files for one client: the log gets the whole error, the client a reason that tells nothing about this machine.</summary>
internal sealed class LocalWork(TentacleChannel channel, Action<TentacleLogLevel, string> log)
{
    /// <summary>Does something with a local file.</summary>
    /// <returns>Null, or a reason for the client that tells nothing about this machine.</returns>
    public string? Try(string name, Action action)
    {
        channel.Credit?.BeginWork();
        try
        {
            action();
            return null;
        }
        catch (QuotaExceededException e)
        {
            return e.Reason;
        }
        catch (Exception e) when (LocalFileError.IsFileError(e) || e is TentacleException)
        {
            return Explain(e, name);
        }
        finally
        {
            channel.Credit?.EndWork();
        }
    }

    /// <summary>Logs an error of the file system.</summary>
    /// <returns>A reason for the client that tells nothing about this machine.</returns>
    public string Explain(Exception e, string name)
    {
        var error = e as TentacleException ?? LocalFileError.Explain(e, name, channel.Step);
        log(TentacleLogLevel.Error, $"{channel.Peer}: {error.Message}");
        return error.Kind switch
        {
            TentacleErrorKind.DiskFull => RefusalReasons.NoSpace,
            TentacleErrorKind.TooLarge => RefusalReasons.TooLarge,
            TentacleErrorKind.Protocol => "archive is damaged",
            _ => "file cannot be used",
        };
    }
}
