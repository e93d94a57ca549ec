using System;
using System.Globalization;
using System.IO;
using System.Linq;

namespace PandoraSync.Bench;

/// <summary>What a process holds, as the system counts it (/proc); memory in MB.</summary>
internal static class ProcessMemory
{
    private const double KilobytesInMegabyte = 1024;

    /// <summary>What is in memory now.</summary>
    public static double Now(int process) => Read(process, "VmRSS:");

    /// <summary>The most since the start or <see cref="Forget"/>.</summary>
    public static double Peak(int process) => Read(process, "VmHWM:");

    /// <summary>Has the peak start from what is in memory now.</summary>
    public static void Forget(int process) => File.WriteAllText(Path(process, "clear_refs"), "5");

    /// <summary>Sockets that are open now.</summary>
    public static int Sockets(int process) =>
        new DirectoryInfo(Path(process, "fd")).EnumerateFileSystemInfos().Count(f => f.LinkTarget?.StartsWith("socket:", StringComparison.Ordinal) == true);

    private static double Read(int process, string key)
    {
        if (!OperatingSystem.IsLinux())
            throw new BenchFailedException("Memory is read from /proc, which only Linux has.");
        var line = File.ReadLines(Path(process, "status")).First(l => l.StartsWith(key, StringComparison.Ordinal));
        return double.Parse(line[key.Length..].Replace("kB", string.Empty, StringComparison.Ordinal), CultureInfo.InvariantCulture) / KilobytesInMegabyte;
    }

    private static string Path(int process, string file) => string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/{file}");
}
