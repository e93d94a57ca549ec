using System;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using PandoraSync.TestSupport;

namespace PandoraSync.Bench;

/// <summary>A client that loses no time: it acknowledges at once, answers at once and keeps nothing. For counting the round trips that nobody can avoid.</summary>
internal sealed class IdealClient : IDisposable
{
    private const int TcpLevel = 6;
    private const int TcpQuickAck = 12;
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveTimeout = 20_000, SendTimeout = 20_000 };
    private readonly byte[] _received = new byte[64 * 1024];

    public IdealClient(IPEndPoint server) => _socket.Connect(server);

    /// <summary>Takes a file with RECV or MV.</summary>
    /// <exception cref="BenchFailedException">The server answered otherwise.</exception>
    public void Take(string verb, AgentData file)
    {
        Say($"{verb} <{file.Name}>\n");
        var count = Receive(0);
        var answer = Encoding.ASCII.GetString(_received, 0, count);
        if (!string.Equals(answer, string.Create(CultureInfo.InvariantCulture, $"{verb} SIZE {file.Content.Length}\n"), StringComparison.Ordinal))
            throw new BenchFailedException($"The server answered '{answer.TrimEnd()}' to {verb}.");
        Say($"{verb} OK\n");
        var got = 0;
        while (got < file.Content.Length)
            got += Receive(got);
        if (!_received.AsSpan(0, got).SequenceEqual(file.Content))
            throw new BenchFailedException($"{file.Name} came with other content.");
    }

    public void Dispose() => _socket.Dispose();

    private void Say(string line) => _socket.Send(Encoding.ASCII.GetBytes(line));

    private int Receive(int at)
    {
        Acknowledge();
        var count = _socket.Receive(_received, at, _received.Length - at, SocketFlags.None);
        Acknowledge();
        return count > 0 ? count : throw new BenchFailedException("The server closed.");
    }

    private void Acknowledge()
    {
        if (OperatingSystem.IsLinux())
            _socket.SetRawSocketOption(TcpLevel, TcpQuickAck, BitConverter.GetBytes(1));
    }
}
