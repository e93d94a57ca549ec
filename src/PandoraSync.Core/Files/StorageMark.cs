using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using PandoraSync.Protocol;

namespace PandoraSync.Files;

/// <summary>
/// Where the server listens that keeps its buffer in a folder: a file in our folder there, for other processes to see. It counts only while that
/// server runs, which is told by the lock beside it; so one that a crash has left means nothing.
/// </summary>
/// <param name="Directory">The storage directory.</param>
/// <param name="Endpoints">Where its server listens.</param>
internal sealed record StorageMark(string Directory, IReadOnlyList<IPEndPoint> Endpoints)
{
    // A folder above a storage directory is looked through so far; what is missed there does no harm, since nothing comes back from it.
    private const int MostBeneath = 1000;
    private const int MostBytes = 4096;

    /// <summary>True while the server runs.</summary>
    public bool IsInUse => FolderLock.IsHeld(LockOf(Directory));

    /// <summary>The lock of a storage directory's server.</summary>
    public static string LockOf(string directory) => Path.Combine(directory, FileNameRules.ProbeName, "server.lock");

    /// <summary>Notes where the server listens. A disk that does not take the note costs a warning of a mistake, and nothing else.</summary>
    public static void Write(string directory, IEnumerable<IPEndPoint> endpoints)
    {
        try
        {
            File.WriteAllLines(PathOf(directory), endpoints.Select(e => string.Format(CultureInfo.InvariantCulture, "{0} {1}", e.Address, e.Port)));
        }
        catch (Exception e) when (LocalFileError.IsFileError(e))
        {
            // See above.
        }
    }

    /// <summary>Takes the note away.</summary>
    public static void Delete(string directory)
    {
        try
        {
            File.Delete(PathOf(directory));
        }
        catch (Exception e) when (LocalFileError.IsFileError(e))
        {
            // Without the lock it means nothing.
        }
    }

    /// <summary>The marks of a folder, of those that it is in, and of those in it.</summary>
    public static IReadOnlyList<StorageMark> Around(string directory)
    {
        var found = new List<StorageMark>();
        for (var folder = directory; folder is not null; folder = Path.GetDirectoryName(folder))
            Look(folder);
        try
        {
            foreach (var folder in new DirectoryInfo(directory).EnumerateFileSystemInfos().Take(MostBeneath).OfType<DirectoryInfo>())
                Look(folder.FullName);
        }
        catch (Exception e) when (LocalFileError.IsFileError(e))
        {
            // Whoever uses the folder will say so.
        }

        return found;

        void Look(string folder)
        {
            if (Read(folder) is { Count: > 0 } endpoints)
                found.Add(new StorageMark(folder, endpoints));
        }
    }

    private static IReadOnlyList<IPEndPoint> Read(string directory)
    {
        try
        {
            var file = new FileInfo(PathOf(directory));
            return file.Exists && file.Length <= MostBytes ? File.ReadAllLines(file.FullName).Select(Parse).OfType<IPEndPoint>().ToArray() : [];
        }
        catch (Exception e) when (LocalFileError.IsFileError(e))
        {
            return [];
        }
    }

    private static IPEndPoint? Parse(string line) =>
        line.Split(' ') is [var host, var digits] && IPAddress.TryParse(host, out var address) && ushort.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var port) ? new IPEndPoint(address, port) : null;

    private static string PathOf(string directory) => Path.Combine(directory, FileNameRules.ProbeName, "server.address");
}
