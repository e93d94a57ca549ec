using System;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace PandoraSync.Native;

/// <summary>
/// Tells systemd how a service is, over the socket that it names in the environment (sd_notify(3)). Where there is none, nothing is told, and
/// what cannot be told is not worth an error.
/// </summary>
internal sealed class ServiceManager
{
    private readonly EndPoint? _socket;

    /// <summary>Looks into the environment of this process.</summary>
    /// <param name="processId">This process, which the watchdog must be meant for.</param>
    public ServiceManager(int processId)
    {
        if (Environment.GetEnvironmentVariable("NOTIFY_SOCKET") is not { Length: > 1 } path || path[0] is not ('/' or '@') || FileSystemCalls.IsWindows)
            return;
        _socket = new SocketName(path);
        if (long.TryParse(Environment.GetEnvironmentVariable("WATCHDOG_USEC"), NumberStyles.None, CultureInfo.InvariantCulture, out var microseconds) && microseconds > 0
            && (Environment.GetEnvironmentVariable("WATCHDOG_PID") is not { Length: > 0 } meant || string.Equals(meant, processId.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)))
            AliveInterval = TimeSpan.FromMilliseconds(Math.Max(1, microseconds / 2000.0));
    }

    /// <summary>Half the time after which systemd takes the service for dead; null if it does not watch.</summary>
    public TimeSpan? AliveInterval { get; }

    /// <summary>Says that the service does its work now.</summary>
    /// <param name="status">What it does, as a sentence for systemctl status.</param>
    public void Ready(string status) => Tell($"READY=1\nSTATUS={OneLine(status)}");

    /// <summary>Says what the service does, as a sentence for systemctl status.</summary>
    public void Status(string status) => Tell($"STATUS={OneLine(status)}");

    /// <summary>Says that the service is alive.</summary>
    public void Alive() => Tell("WATCHDOG=1");

    /// <summary>Says that the service reads its configuration anew; <see cref="Ready"/> says that it has.</summary>
    public void Reloading() => Tell(FormattableString.Invariant($"RELOADING=1\nMONOTONIC_USEC={System.Diagnostics.Stopwatch.GetTimestamp() * 1_000_000.0 / System.Diagnostics.Stopwatch.Frequency:0}"));

    /// <summary>Says that the service ends.</summary>
    public void Stopping() => Tell("STOPPING=1");

    private static string OneLine(string text) => text.Replace('\n', ' ').Replace('\r', ' ');

    private void Tell(string message)
    {
        if (_socket is null)
            return;
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { Blocking = false };
            socket.SendTo(Encoding.UTF8.GetBytes(message), _socket);
        }
        catch (SocketException)
        {
            // The manager has gone, or does not read: it finds out by itself.
        }
    }

    /// <summary>The address of a socket in the file system, or behind an @ in Linux's own space of names; netstandard2.0 has no such class.</summary>
    private sealed class SocketName(string path) : EndPoint
    {
        private const int FamilyBytes = 2;

        public override AddressFamily AddressFamily => AddressFamily.Unix;

        public override SocketAddress Serialize()
        {
            var name = Encoding.UTF8.GetBytes(path);
            var isAbstract = path[0] == '@';
            var address = new SocketAddress(AddressFamily.Unix, FamilyBytes + name.Length + (isAbstract ? 0 : 1));
            for (var i = 0; i < name.Length; i++)
                address[FamilyBytes + i] = i == 0 && isAbstract ? (byte)0 : name[i];
            return address;
        }
    }
}
