using System;
using System.IO;
using PandoraSync.Protocol;

namespace PandoraSync.Files;

/// <summary>Turns errors of the local file system into this library's error, with the path and what to do.</summary>
internal static class LocalFileError
{
    private const int NoSpaceOnUnix = 28;
    private const int QuotaOnUnix = 122;
    private const int ReadOnlyOnUnix = 30;
    private const int DiskFullOnWindows = unchecked((int)0x80070070);

    /// <summary>Explains an error.</summary>
    /// <param name="cause">What the file system threw.</param>
    /// <param name="path">The file or folder.</param>
    /// <param name="step">What was being done, such as <c>write</c>.</param>
    /// <param name="peer">The peer it was done for; null if none.</param>
    public static TentacleException Explain(Exception cause, string path, string step, string? peer = null)
    {
        var isFull = cause is IOException && cause.HResult is NoSpaceOnUnix or QuotaOnUnix or DiskFullOnWindows;
        var at = peer is null ? step : $"{step}, {peer}";
        var message = cause switch
        {
            _ when isFull => $"No space is left on the disk of '{path}' ({at}): make room, then run again; nothing is lost.",
            DirectoryNotFoundException => $"A folder of '{path}' does not exist ({at}): create it or correct the path.",
            FileNotFoundException => $"'{path}' does not exist ({at}).",
            UnauthorizedAccessException or IOException { HResult: ReadOnlyOnUnix } => $"'{path}' cannot be written or read with the rights of this user ({at}): check owner, mode and mount options.",
            _ => $"'{path}' cannot be used ({at}): {cause.Message.TrimEnd('.')}.",
        };
        return new TentacleException(isFull ? TentacleErrorKind.DiskFull : TentacleErrorKind.LocalFile, message, cause) { File = path, Step = step, Peer = peer };
    }

    /// <summary>Explains that a file stands where a folder is wanted.</summary>
    public static TentacleException NotAFolder(string path, string step) =>
        new(TentacleErrorKind.LocalFile, $"'{path}' is a file, and a folder is wanted: give the folder.") { File = path, Step = step };

    /// <summary>True for the exceptions that file operations throw for reasons outside the program.</summary>
    public static bool IsFileError(Exception e) => e is IOException or UnauthorizedAccessException or NotSupportedException or System.Security.SecurityException;
}
