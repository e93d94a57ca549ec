using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text;
using System.Threading;

namespace PandoraSync.TestSupport;

/// <summary>
/// An ext4 file system without a journal on a loop device whose backing is a small file system in memory: while that is full, what the
/// kernel writes back fails, as on a thin pool that has run out, and afterwards it works again. Needs Linux and root.
/// </summary>
public sealed class FailingDisk : IDisposable
{
    private const int BackingMegabytes = 64;
    private const long DiskBytes = 512L * 1024 * 1024;
    private const string Files = "16384";
    private const string TablesBytes = "8MiB";

    // Otherwise what another test starts in this moment has the descriptor too, and keeps the disk busy.
    private const int CloseOnExec = 0x80000;
    private readonly SmallDisk _backing = new(BackingMegabytes);
    private readonly TempFolder _at = new();
    private string? _device;
    private string? _requestKilobytes;
    private bool _isMounted;

    /// <summary>Makes and mounts one.</summary>
    public FailingDisk()
    {
        try
        {
            using (var image = File.Create(_backing["image"]))
                image.SetLength(DiskBytes);
            _device = Run("losetup", "--find", "--show", _backing["image"]).Trim();
            _requestKilobytes = File.ReadAllText(MostInARequest);
            File.WriteAllText(MostInARequest, APageKilobytes);
            Run("mkfs.ext4", "-q", "-O", "^has_journal", "-N", Files, "-E", "lazy_itable_init=0,nodiscard", _device);

            // Where ext4 keeps its tables of inodes and blocks. Without a journal the kernel tells only whoever flushes next that those could not
            // be written, and no program can make up for that.
            Run("fallocate", "--length", TablesBytes, _backing["image"]);
            Mount();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Where it is mounted.</summary>
    public string Path => _at.Path;

    /// <summary>The full path of something on it.</summary>
    public string this[string name] => _at[name];

    /// <summary>Fills the backing: from now on no new block can be written.</summary>
    public void Fill()
    {
        var block = new byte[1024 * 1024];
        try
        {
            using var ballast = new FileStream(_backing["ballast"], FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 1);
            for (; block.Length > 0; Array.Resize(ref block, block.Length / 16))
            {
                try
                {
                    while (true)
                        ballast.Write(block);
                }
                catch (IOException)
                {
                    // Full for blocks of this size.
                }
            }
        }
        catch (IOException)
        {
            // Full when the file is closed.
        }
    }

    /// <summary>Gives the room back.</summary>
    public void Free() => File.Delete(_backing["ballast"]);

    /// <summary>Unmounts and mounts again: what is not on disk by then is gone.</summary>
    public void Remount()
    {
        Unmount();
        Mount();
    }

    /// <summary>Writes back whatever anybody has written, as any program may at any time, through a descriptor of its own.</summary>
    /// <returns>False if the system said that something could not be written.</returns>
    public bool Sync()
    {
        var descriptor = Open(Encoding.UTF8.GetBytes(Path + "\0"), CloseOnExec);
        if (descriptor < 0)
            throw new IOException($"'{Path}' could not be opened (error {Marshal.GetLastWin32Error()}).");
        try
        {
            return SyncFileSystem(descriptor) == 0;
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            if (_isMounted)
                Run("umount", "-l", _at.Path);
            if (_requestKilobytes is not null)
                File.WriteAllText(MostInARequest, _requestKilobytes);
            if (_device is not null)
                Run("losetup", "--detach", _device);
            _device = null;
        }
        finally
        {
            _isMounted = false;
            _at.Dispose();
            _backing.Dispose();
        }
    }

    private void Mount()
    {
        Run("mount", "-t", "ext4", _device!, _at.Path);
        _isMounted = true;
    }

    private void Unmount()
    {
        // Somebody may still be closing a file on it.
        for (var clock = Stopwatch.StartNew(); ; Thread.Sleep(10))
        {
            try
            {
                Run("umount", _at.Path);
                _isMounted = false;
                return;
            }
            catch (InvalidOperationException) when (clock.Elapsed < TimeSpan.FromSeconds(10))
            {
                // Busy.
            }
        }
    }

    /// <summary>
    /// What the kernel writes in one request, in kilobytes. Of a request that found room for its first pages only, a loop device says that all of
    /// it is written (Linux 6.18), which no program can find out; a request of one page is written or refused.
    /// </summary>
    private string MostInARequest => $"/sys/block/{System.IO.Path.GetFileName(_device)}/queue/max_sectors_kb";

    private static string APageKilobytes => (Environment.SystemPageSize / 1024).ToString(CultureInfo.InvariantCulture);

    private static string Run(string program, params string[] arguments)
    {
        var path = new[] { "/usr/sbin", "/sbin", "/usr/bin", "/bin" }.Select(f => System.IO.Path.Combine(f, program)).FirstOrDefault(File.Exists) ?? program;
        using var process = Process.Start(new ProcessStartInfo(path, arguments) { RedirectStandardError = true, RedirectStandardOutput = true, UseShellExecute = false })!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? output
            : throw new InvalidOperationException($"'{program} {string.Join(' ', arguments)}' failed: {errors.GetAwaiter().GetResult().Trim()}. It takes root, e2fsprogs and loop devices.");
    }

    [DllImport("libc", SetLastError = true, EntryPoint = "open")]
    private static extern int Open(byte[] path, int flags);

    [DllImport("libc", SetLastError = true, EntryPoint = "syncfs")]
    private static extern int SyncFileSystem(int descriptor);

    [DllImport("libc", EntryPoint = "close")]
    private static extern int Close(int descriptor);
}
