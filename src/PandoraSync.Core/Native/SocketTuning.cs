using System;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace PandoraSync.Native;

/// <summary>
/// Socket settings that small-file speed depends on (protocol.md, section 6): stock programs write in pieces with Nagle on, and wait
/// for the acknowledgement of each, which an ordinary receiver delays by about 40 ms.
/// </summary>
internal static class SocketTuning
{
    private const int TcpLevel = 6;
    private const int TcpQuickAck = 12;
    private const int TcpInfo = 11;
    private const int TcpInfoUnacknowledged = 24;
    private const int TcpInfoWindow = 80;
    private const int TcpInfoBytesAcknowledged = 120;
    private const int QueryUnsentBytes = 0x5411;
    private const int SetAckFrequency = unchecked((int)0x98000017);

    private static readonly bool IsLinux = RuntimeInformation.IsOSPlatform(OSPlatform.Linux);
    private static readonly bool IsWindows = RuntimeInformation.IsOSPlatform(OSPlatform.Windows);

    /// <summary>Sets what lasts for the socket's life: no delay, keep-alive, and on Windows an acknowledgement for every segment.</summary>
    public static void Prepare(Socket socket)
    {
        socket.NoDelay = true;
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, optionValue: true);
        if (!IsWindows)
            return;
        try
        {
            socket.IOControl(SetAckFrequency, BitConverter.GetBytes(1), optionOutValue: null);
        }
        catch (SocketException)
        {
            // Older Windows has no such setting; everything works without it, only slower against stock programs.
        }
    }

    /// <summary>Has what arrives next acknowledged at once. Linux forgets this setting by itself, so it is renewed around each read.</summary>
    public static void AcknowledgeAtOnce(Socket socket)
    {
        if (IsLinux)
            SetQuickAcknowledgement(socket, 1);
    }

    /// <summary>Lets the acknowledgement of what arrives next wait for <see cref="AcknowledgeAtOnce"/>, or for some 40 ms.</summary>
    public static void AcknowledgeLater(Socket socket)
    {
        if (IsLinux)
            SetQuickAcknowledgement(socket, 0);
    }

    /// <summary>Bytes that the peer has acknowledged so far; null where the platform cannot tell.</summary>
    public static long? AcknowledgedBytes(Socket socket) =>
        ReadInfo(socket, TcpInfoBytesAcknowledged + sizeof(long)) is { } info ? BitConverter.ToInt64(info, TcpInfoBytesAcknowledged) : null;

    /// <summary>Whether the system tells what <see cref="IsWindowFull"/> gives.</summary>
    public static bool CanTellWindow => IsLinux;

    /// <summary>True if what is written next would wait for acknowledgements, and leave in one segment with what is written behind it; false where the platform cannot tell.</summary>
    public static bool IsWindowFull(Socket socket) =>
        ReadInfo(socket, TcpInfoWindow + sizeof(uint)) is { } info && BitConverter.ToUInt32(info, TcpInfoUnacknowledged) + 1 >= BitConverter.ToUInt32(info, TcpInfoWindow);

    /// <summary>Bytes written that the peer has not acknowledged yet; null where the platform cannot tell.</summary>
    public static int? UnacknowledgedBytes(Socket socket) =>
        IsLinux && NativeMethods.IoControl(socket.Handle, (UIntPtr)QueryUnsentBytes, out var bytes) == 0 ? bytes : null;

    private static byte[]? ReadInfo(Socket socket, int bytes)
    {
        if (!IsLinux)
            return null;
        var info = new byte[bytes];
        return NativeMethods.GetSocketOption(socket.Handle, TcpLevel, TcpInfo, info, ref bytes) == 0 && bytes == info.Length ? info : null;
    }

    private static void SetQuickAcknowledgement(Socket socket, int value) =>
        // A failure (a closed socket) shows at the read itself.
        _ = NativeMethods.SetSocketOption(socket.Handle, TcpLevel, TcpQuickAck, ref value, sizeof(int));
}
