using System;
using System.Collections.Generic;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using System.Threading;

namespace PandoraSync.Bench;

/// <summary>
/// Two tun devices, one of them in a network namespace of its own, and between them nothing but time: unlike a relay it leaves the
/// acknowledgements, windows and segments to the two systems at its ends.
/// </summary>
internal sealed class TunLine : LongLine
{
    private const int ReadWriteWithoutWaiting = 0x802;
    private const ulong SetInterface = 0x400454CA;
    private const ulong SetOffload = 0x400454D0;
    private const short TunWithOffloadHeader = 0x5001;
    private const int WithChecksumsAndSegments = 1 | 2 | 4;
    private const int TcpLevel = 6;
    private const int CongestionControl = 13;
    private const int PollIn = 1;
    private const int LongestSilenceMilliseconds = 50;
    private const uint TickMicroseconds = 250;
    private const int FarPriority = -10;
    private const int NetworkNamespace = 0x40000000;
    private const int NameBytes = 16;
    private const int MostPacketBytes = 65_536 + 64;
    private static readonly Lazy<bool> CanOpenLazily = new(TryOpen);
    private static int _lines;
    private readonly string _name;
    private readonly string _subnet;
    private readonly int _near;
    private readonly int _far;
    private readonly TimeSpan _delay;
    private readonly TimeSpan _jitter;
    private readonly CancellationTokenSource _stop = new();
    private readonly Thread[] _directions;

    public TunLine(TimeSpan roundTrip, TimeSpan jitter)
    {
        var number = Interlocked.Increment(ref _lines);
        _name = string.Create(CultureInfo.InvariantCulture, $"psl{Environment.ProcessId % 10_000}x{number}");
        _subnet = string.Create(CultureInfo.InvariantCulture, $"10.203.{number % 250}");
        (_delay, _jitter) = (roundTrip / 2, jitter);
        Ip($"netns add {_name}");
        _near = MakeDevice(_name + "a");
        _far = MakeDevice(_name + "b");
        Ip($"link set {_name}b netns {_name}");
        Ip($"addr add {_subnet}.1/24 dev {_name}a");
        Ip($"link set {_name}a up");
        Ip($"-n {_name} addr add {_subnet}.2/24 dev {_name}b");
        Ip($"-n {_name} link set {_name}b up");
        Ip($"-n {_name} link set lo up");
        _directions = [new Thread(() => Pass(_near, _far, seed: 1)) { IsBackground = true }, new Thread(() => Pass(_far, _near, seed: 2)) { IsBackground = true }];
        Array.ForEach(_directions, static d => d.Start());
    }

    /// <summary>Whether this system lets us make one.</summary>
    public static bool CanOpen => CanOpenLazily.Value;

    /// <inheritdoc/>
    public override IPAddress Address => IPAddress.Parse(_subnet + ".2");

    /// <inheritdoc/>
    public override IPEndPoint To(IPEndPoint server) => server;

    /// <summary>Sockets belong to the namespace of the thread that makes them.</summary>
    public override T MakeThere<T>(Func<T> make)
    {
        var made = default(T);
        var thread = new Thread(() =>
        {
            using var handle = File.OpenHandle("/var/run/netns/" + _name);
            Check(EnterNamespace((int)handle.DangerousGetHandle(), NetworkNamespace), "setns");
            GoFirst();
            made = make();
        });
        thread.Start();
        thread.Join();
        return made!;
    }

    /// <summary>What Linux has unless it is told otherwise, as this machine may be: others have a timer for each segment, which can cost more than the segment.</summary>
    public override void Prepare(Socket listener) => listener.SetRawSocketOption(TcpLevel, CongestionControl, "cubic"u8);

    /// <inheritdoc/>
    public override void Dispose()
    {
        _stop.Cancel();
        Array.ForEach(_directions, static d => d.Join());
        Ip($"link del {_name}a");
        Ip($"netns del {_name}");
        _ = Close(_near);
        _ = Close(_far);
    }

    private static bool TryOpen()
    {
        if (!OperatingSystem.IsLinux() || !File.Exists("/dev/net/tun"))
            return false;
        try
        {
            new TunLine(TimeSpan.Zero, TimeSpan.Zero).Dispose();
            return true;
        }
        catch (Exception e) when (e is Win32Exception or IOException or InvalidOperationException)
        {
            return false;
        }
    }

    private static int MakeDevice(string name)
    {
        var device = Open("/dev/net/tun", ReadWriteWithoutWaiting);
        Check(device, "/dev/net/tun");
        var request = new byte[40];
        Encoding.ASCII.GetBytes(name).CopyTo(request, 0);
        BitConverter.GetBytes(TunWithOffloadHeader).CopyTo(request, NameBytes);
        Check(Control(device, SetInterface, request), "TUNSETIFF");

        // As with a network card, segments that leave at once are one packet for the system, told apart by a header that is passed on with it.
        Check(Control(device, SetOffload, WithChecksumsAndSegments), "TUNSETOFFLOAD");
        return device;
    }

    private static void Ip(string arguments)
    {
        using var ip = Process.Start(new ProcessStartInfo("ip", arguments) { RedirectStandardError = true, UseShellExecute = false })!;
        var error = ip.StandardError.ReadToEnd();
        ip.WaitForExit();
        if (ip.ExitCode != 0)
            throw new InvalidOperationException($"ip {arguments}: {error}");
    }

    private static void Check(int result, string what)
    {
        if (result < 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError(), what);
    }

    /// <summary>What this thread and those that it starts have to do goes before what the near end does: in the field nothing of it is on the near end's machine.</summary>
    private static void GoFirst() => Check(SetPriority(0, 0, FarPriority), "setpriority");

    /// <summary>
    /// Passes on the packets of one direction, in order, each after its time. It looks for them now and then, as a network card does that has much to do:
    /// to be woken for each of them would cost the sender more than all else that is measured.
    /// </summary>
    private void Pass(int from, int to, int seed)
    {
        GoFirst();
        var (packets, buffer, state) = (new Queue<(byte[] Packet, long DueAt)>(), new byte[MostPacketBytes], (uint)seed);
        while (!_stop.IsCancellationRequested)
        {
            if (packets.Count > 0)
                _ = Sleep(TickMicroseconds);
            else
                _ = Poll([from, PollIn], 1, LongestSilenceMilliseconds);
            while (Read(from, buffer, (nuint)buffer.Length) is > 0 and var count)
            {
                state = (state * 1_664_525) + 1_013_904_223;
                var seconds = _delay.TotalSeconds + (_jitter.TotalSeconds * ((state >> 8) / (double)(1 << 24)));
                packets.Enqueue((buffer.AsSpan(0, (int)count).ToArray(), Stopwatch.GetTimestamp() + (long)(seconds * Stopwatch.Frequency)));
            }

            for (var now = Stopwatch.GetTimestamp(); packets.TryPeek(out var next) && next.DueAt <= now; packets.Dequeue())
                _ = Write(to, next.Packet, (nuint)next.Packet.Length);
        }
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static extern int Control(int file, ulong request, byte[] data);

    [DllImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static extern int Control(int file, ulong request, nint value);

    [DllImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static extern int Poll(int[] fileAndEvents, nuint count, int milliseconds);

    [DllImport("libc", EntryPoint = "usleep", SetLastError = true)]
    private static extern int Sleep(uint microseconds);

    [DllImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static extern int EnterNamespace(int file, int kind);

    [DllImport("libc", EntryPoint = "setpriority", SetLastError = true)]
    private static extern int SetPriority(int which, int who, int priority);

    [DllImport("libc", EntryPoint = "read", SetLastError = true)]
    private static extern nint Read(int file, byte[] data, nuint count);

    [DllImport("libc", EntryPoint = "write", SetLastError = true)]
    private static extern nint Write(int file, byte[] data, nuint count);

    [DllImport("libc", EntryPoint = "close", SetLastError = true)]
    private static extern int Close(int file);
}
