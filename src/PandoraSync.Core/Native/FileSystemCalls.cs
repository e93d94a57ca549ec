using System;
using System.IO;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace PandoraSync.Native;

/// <summary>What .NET's file classes do not offer on every runtime: a rename that never overwrites, what an entry is, and a flush that hides no error.</summary>
internal static class FileSystemCalls
{
    /// <summary>For a descriptor on Linux that a program started meanwhile is not to have too: it would hold the file system for as long as that program runs.</summary>
    internal const int CloseOnExec = 0x80000;

    private const int CurrentDirectory = -100;
    private const uint NoReplace = 1;
    private const int ErrorExists = 17;
    private const int ErrorNoEntry = 2;
    private const int ErrorNotFolder = 20;
    private const int ErrorLoop = 40;
    private const int ErrorNotPermitted = 1;
    private const int ErrorAccess = 13;
    private const int NonBlocking = 0x800;
    private const int StatusOfLinkItself = 0x100;
    private const int StatusOfDescriptor = 0x1000;
    private const uint StatusType = 1;
    private const uint StatusModified = 0x40;
    private const uint StatusPlace = 0x100;
    private const uint StatusSize = 0x200;
    private const int StatusBytes = 256;
    private const int StatusModeOffset = 28;
    private const int StatusSizeOffset = 40;
    private const int StatusModifiedOffset = 112;
    private const int TypeMask = 0xF000;
    private const int TypeRegular = 0x8000;

    private static readonly bool IsLinux = RuntimeInformation.IsOSPlatform(OSPlatform.Linux);
    /// <summary>True on Windows.</summary>
    public static bool IsWindows { get; } = RuntimeInformation.IsOSPlatform(OSPlatform.Windows);

    /// <summary>Tells whether two names are one file's.</summary>
    public static StringComparer NameComparer => IsLinux ? StringComparer.Ordinal : StringComparer.OrdinalIgnoreCase;

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

    /// <summary>Tells what has a name.</summary>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    public static EntryKind KindOf(string path)
    {
        if (IsLinux && TryKindOf(CurrentDirectory, ToNative(path), StatusOfLinkItself, StatusType, new byte[StatusBytes]) is { } kind)
            return kind;
        try
        {
            return IsPlain(File.GetAttributes(path)) ? EntryKind.File : EntryKind.Other;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return EntryKind.Missing;
        }
    }

    /// <summary>True for the attributes of a regular file, as far as attributes tell.</summary>
    public static bool IsPlain(FileAttributes attributes)
    {
        const FileAttributes special = FileAttributes.Directory | FileAttributes.ReparsePoint | FileAttributes.Device;
        return (attributes & special) == default(FileAttributes);
    }

    /// <summary>Looks at a file, once where the system can do that.</summary>
    /// <returns>Null if nothing has the name, or what has it is no regular file.</returns>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    public static FileStatus? StatusOf(string path)
    {
        var status = new byte[StatusBytes];
        if (IsLinux && TryKindOf(CurrentDirectory, ToNative(path), StatusOfLinkItself, StatusType | StatusSize | StatusModified, status) is { } kind)
            return kind == EntryKind.File ? ReadStatus(status) : null;

        if (KindOf(path) != EntryKind.File)
            return null;
        var file = new FileInfo(path);
        return file.Exists ? new FileStatus(file.Length, file.LastWriteTimeUtc) : null;
    }

    /// <summary>Looks at a file that is open, whatever may have its name by now.</summary>
    /// <exception cref="IOException">It cannot be looked at.</exception>
    public static FileStatus StatusOf(FileStream file)
    {
        var status = new byte[StatusBytes];
        return IsLinux && TryKindOf((int)file.SafeFileHandle.DangerousGetHandle(), [0], StatusOfDescriptor, StatusType | StatusSize | StatusModified, status) is EntryKind.File
            ? ReadStatus(status)
            : new FileStatus(file.Length, File.GetLastWriteTimeUtc(file.Name));
    }

    /// <summary>Opens a regular file to read; a link is never followed, and a pipe or device never waited for.</summary>
    /// <returns>Null if nothing has the name, or what has it is no regular file.</returns>
    /// <exception cref="IOException">It cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be opened.</exception>
    public static FileStream? OpenRegular(string path)
    {
        if (KindOf(path) != EntryKind.File)
            return null;
        if (NoFollow is not { } noFollow)
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1);
        var descriptor = NativeMethods.Open(ToNative(path), noFollow | NonBlocking | CloseOnExec);
        if (descriptor < 0)
            return Marshal.GetLastWin32Error() is ErrorNoEntry or ErrorNotFolder or ErrorLoop ? null : throw NativeError("open", path, Marshal.GetLastWin32Error());
        var handle = new SafeFileHandle((IntPtr)descriptor, ownsHandle: true);

        // Between the look and the opening something else may have got the name.
        if (TryKindOf(descriptor, [0], StatusOfDescriptor, StatusType, new byte[StatusBytes]) is EntryKind.File)
            return new FileStream(handle, FileAccess.Read, bufferSize: 1);
        handle.Dispose();
        return null;
    }

    /// <summary>Most files and connections that this process may have open; null where there is no such limit, or the system does not tell.</summary>
    public static long? MostOpenFiles()
    {
        const int openFiles = 7;
        var limits = new long[2];
        return IsLinux && IntPtr.Size == sizeof(long) && NativeMethods.GetLimit(openFiles, limits) == 0 && limits[0] > 0 ? limits[0] : null;
    }

    /// <summary>Bytes that this user may still write to the disk of a folder; null where the system does not tell.</summary>
    public static long? FreeBytes(string folder)
    {
        try
        {
            if (IsLinux && IntPtr.Size == sizeof(long))
                return FreeBytesOnLinux(folder);
            if (IsWindows)
                return NativeMethods.GetFreeSpace(folder, out var available, out _, out _) ? (long)Math.Min(available, long.MaxValue) : null;
            return new DriveInfo(folder).AvailableFreeSpace;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>Files and folders that this user may still make on the disk of a folder, and how many it has places for; null where the file system has no fixed number, or the system does not tell.</summary>
    public static (long Free, long All)? Inodes(string folder)
    {
        const int allOffset = 40;
        const int availableOffset = 56;
        var status = new byte[256];
        if (!IsLinux || IntPtr.Size != sizeof(long) || NativeMethods.ReadFileSystemStatus(ToNative(folder), status) != 0)
            return null;

        // Some say -1 for what they do not know.
        var (free, all) = (BitConverter.ToInt64(status, availableOffset), BitConverter.ToInt64(status, allOffset));
        return free >= 0 && all > 0 ? (free, all) : null;
    }

    /// <summary>
    /// Has a file's content on disk when it returns, if it was written through this stream, whose descriptor is told of each write that failed.
    /// .NET's own flush passes over some errors, Mono's over all.
    /// </summary>
    /// <exception cref="IOException">Something could not be written.</exception>
    public static void Flush(FileStream file)
    {
        file.Flush(flushToDisk: !IsLinux);
        if (IsLinux && NativeMethods.Flush((int)file.SafeFileHandle.DangerousGetHandle()) != 0)
            throw NativeError("flush", file.Name, Marshal.GetLastWin32Error());
    }

    /// <summary>True if a path is that of what is open.</summary>
    public static bool IsSame(int descriptor, string path)
    {
        const int placeOffset = 32;
        const int deviceOffset = 136;
        var (open, found) = (new byte[StatusBytes], new byte[StatusBytes]);
        return !IsLinux
            || (TryKindOf(descriptor, [0], StatusOfDescriptor, StatusPlace, open) is { } kind && TryKindOf(CurrentDirectory, ToNative(path), 0, StatusPlace, found) == kind
                && BitConverter.ToInt64(open, placeOffset) == BitConverter.ToInt64(found, placeOffset)
                && BitConverter.ToInt64(open, deviceOffset) == BitConverter.ToInt64(found, deviceOffset));
    }

    /// <summary>Linux's O_NOFOLLOW, whose number depends on the processor; null where it is not known, or the runtime's streams take no descriptors of the system (Mono).</summary>
    private static int? NoFollow => !IsLinux || Type.GetType("Mono.Runtime") is not null ? null : RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 or Architecture.X86 => 0x20000,
        Architecture.Arm64 or Architecture.Arm => 0x8000,
        _ => null,
    };

    /// <summary>Mono looks at another disk than the folder's, so the system is asked itself.</summary>
    private static long? FreeBytesOnLinux(string folder)
    {
        const int blockBytesOffset = 8;
        const int availableBlocksOffset = 32;
        var status = new byte[256];
        return NativeMethods.ReadFileSystemStatus(ToNative(folder), status) == 0
            ? BitConverter.ToInt64(status, blockBytesOffset) * BitConverter.ToInt64(status, availableBlocksOffset)
            : null;
    }

    /// <summary>The kind, or null if this system has no such call.</summary>
    private static EntryKind? TryKindOf(int directory, byte[] path, int flags, uint wanted, byte[] status)
    {
        try
        {
            if (NativeMethods.ReadStatus(directory, path, flags, wanted, status) == 0)
                return (BitConverter.ToUInt16(status, StatusModeOffset) & TypeMask) == TypeRegular ? EntryKind.File : EntryKind.Other;
            return Marshal.GetLastWin32Error() is ErrorNoEntry or ErrorNotFolder ? EntryKind.Missing : null;
        }
        catch (EntryPointNotFoundException)
        {
            return null;
        }
    }

    private static FileStatus ReadStatus(byte[] status) =>
        new(BitConverter.ToInt64(status, StatusSizeOffset), TimeOf(BitConverter.ToInt64(status, StatusModifiedOffset), BitConverter.ToUInt32(status, StatusModifiedOffset + sizeof(long))));

    /// <summary>A file's time; one that <see cref="DateTime"/> does not have becomes the nearest that it has.</summary>
    private static DateTime TimeOf(long seconds, uint nanoseconds)
    {
        const long first = -62135596800;
        const long last = 253402300799;
        const int nanosecondsPerTick = 100;
        var epoch = new DateTime(1970, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        return epoch.AddTicks((Math.Min(Math.Max(seconds, first), last) * TimeSpan.TicksPerSecond) + (nanoseconds / nanosecondsPerTick));
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

    /// <summary>A path as the system's calls take it.</summary>
    public static byte[] ToNative(string path) => Encoding.UTF8.GetBytes(Path.GetFullPath(path) + "\0");

    /// <summary>The exception for an error number of the system.</summary>
    public static Exception NativeError(string what, string path, int error)
    {
        var message = $"Could not {what} '{path}' (error {error}).";
        return error is ErrorAccess or ErrorNotPermitted ? new UnauthorizedAccessException(message) : new IOException(message, error);
    }
}
