using System;
using System.IO;
using System.Runtime.InteropServices;
using System.Text;

namespace PandoraSync.Compat;

/// <summary>What .NET's file classes do not offer on every runtime: a rename that never overwrites, and flushing a folder.</summary>
internal static class FileSystemCalls
{
    private const int CurrentDirectory = -100;
    private const uint NoReplace = 1;
    private const int ErrorExists = 17;

    private static readonly bool IsLinux = RuntimeInformation.IsOSPlatform(OSPlatform.Linux);
    private static readonly bool IsWindows = RuntimeInformation.IsOSPlatform(OSPlatform.Windows);

    /// <summary>Renames in one step.</summary>
    /// <returns>False if <paramref name="to"/> exists; nothing is changed then.</returns>
    /// <exception cref="IOException">The rename failed for another reason.</exception>
    public static bool TryRename(string from, string to)
    {
        if (IsLinux && TryNativeRename(from, to) is { } done)
            return done;
        if (File.Exists(to) || Directory.Exists(to))
            return false;
        try
        {
            File.Move(from, to);
            return true;
        }
        catch (IOException) when (File.Exists(to) && File.Exists(from))
        {
            return false;
        }
    }

    /// <summary>Renames over whatever file has the name, in one step.</summary>
    /// <exception cref="IOException">The rename failed.</exception>
    public static void RenameOver(string from, string to)
    {
        while (!TryRename(from, to))
        {
            try
            {
                File.Replace(from, to, destinationBackupFileName: null);
                return;
            }
            catch (FileNotFoundException) when (File.Exists(from))
            {
                // The old file has just been taken away; the plain rename will do.
            }
        }
    }

    /// <summary>
    /// True if <see cref="FlushFileSystem"/> can be trusted: since Linux 5.8 it reports what could not be written.
    /// </summary>
    public static bool CanFlushFileSystem { get; } = IsLinux && Environment.OSVersion.Version >= new Version(5, 8);

    /// <summary>Has all that was written to the file system of a folder on disk when it returns: for many new files far less work than a flush of each.</summary>
    /// <exception cref="IOException">Something could not be written.</exception>
    public static void FlushFileSystem(string folder) => WithFolder(folder, NativeMethods.FlushFileSystem);

    /// <summary>Has a folder's entries on disk when it returns. Windows keeps them in its own journal and needs no call.</summary>
    /// <exception cref="IOException">The folder cannot be opened or flushed.</exception>
    public static void FlushFolder(string path)
    {
        if (!IsWindows)
            WithFolder(path, NativeMethods.Flush);
    }

    private static void WithFolder(string path, Func<int, int> flush)
    {
        var descriptor = NativeMethods.Open(ToNative(path), 0);
        if (descriptor < 0)
            throw NativeError("open", path);
        try
        {
            if (flush(descriptor) != 0)
                throw NativeError("flush", path);
        }
        finally
        {
            _ = NativeMethods.Close(descriptor);
        }
    }

    /// <summary>The outcome, or null if this system or file system has no such call.</summary>
    private static bool? TryNativeRename(string from, string to)
    {
        try
        {
            if (NativeMethods.Rename(CurrentDirectory, ToNative(from), CurrentDirectory, ToNative(to), NoReplace) == 0)
                return true;
            return Marshal.GetLastWin32Error() == ErrorExists ? false : null;
        }
        catch (EntryPointNotFoundException)
        {
            return null;
        }
    }

    private static byte[] ToNative(string path) => Encoding.UTF8.GetBytes(Path.GetFullPath(path) + "\0");

    private static IOException NativeError(string what, string path)
    {
        var error = Marshal.GetLastWin32Error();
        return new IOException($"Could not {what} '{path}' (error {error}).", error);
    }
}
