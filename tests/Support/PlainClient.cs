using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace PandoraSync.TestSupport;

/// <summary>
/// A client as the stock one is: blocking, ordinary socket options, writes of 1,024 bytes with Nagle on, acknowledgements as late as the
/// system likes. For comparing speeds, and for saying to a server what a good client never would.
/// </summary>
public sealed class PlainClient : IDisposable
{
    private const int PieceBytes = 1024;
    private readonly Socket _socket;
    private readonly byte[] _received = new byte[PieceBytes];
    private int _start;
    private int _end;

    /// <summary>Connects.</summary>
    /// <param name="server">The server.</param>
    /// <param name="timeout">Wait for each read and write; 20 s by default.</param>
    /// <param name="from">A local address to call from, such as 127.0.0.2; the system's choice by default.</param>
    /// <param name="receiveBufferBytes">What the system keeps for this client before the server must wait; the system's choice by default.</param>
    public PlainClient(IPEndPoint server, TimeSpan? timeout = null, IPAddress? from = null, int receiveBufferBytes = 0)
    {
        _socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        _socket.ReceiveTimeout = _socket.SendTimeout = (int)(timeout ?? TimeSpan.FromSeconds(20)).TotalMilliseconds;
        if (receiveBufferBytes > 0)
        {
            _socket.ReceiveBufferSize = receiveBufferBytes;

            // Segments as on a real line; those of loopback are larger than such a buffer.
            const int tcpLevel = 6;
            const int maxSegment = 2;
            _socket.SetRawSocketOption(tcpLevel, maxSegment, BitConverter.GetBytes(1400));
        }

        if (from is not null)
            _socket.Bind(new IPEndPoint(from, 0));
        _socket.Connect(server);
    }

    /// <summary>Connects to a port on 127.0.0.1.</summary>
    public PlainClient(int port, TimeSpan? timeout = null, IPAddress? from = null, int receiveBufferBytes = 0)
        : this(new IPEndPoint(IPAddress.Loopback, port), timeout, from, receiveBufferBytes)
    {
    }

    /// <summary>Bytes read from the socket that nobody has asked for.</summary>
    public int UnreadBytes => _end - _start;

    /// <summary>Writes bytes as they are, in one write.</summary>
    public void Say(byte[] bytes)
    {
        for (var at = 0; at < bytes.Length;)
            at += _socket.Send(bytes, at, bytes.Length - at, SocketFlags.None);
    }

    /// <summary>Writes text as it is (add the LF), in one write.</summary>
    public void Say(string text) => Say(Encoding.UTF8.GetBytes(text));

    /// <summary>Reads one line without its LF; null if the server closed or reset the connection.</summary>
    public string? ReadLine()
    {
        var line = new List<byte>();
        while (Fill())
        {
            var next = _received[_start++];
            if (next == '\n')
                return Encoding.UTF8.GetString([.. line]);
            line.Add(next);
        }

        return null;
    }

    /// <summary>Reads exactly so many bytes.</summary>
    /// <exception cref="EndOfStreamException">The server closed before.</exception>
    public byte[] ReadBytes(long count)
    {
        using var content = new MemoryStream();
        while (content.Length < count)
        {
            if (!Fill())
                throw new EndOfStreamException($"The server closed after {content.Length} of {count} bytes.");
            var piece = (int)Math.Min(_end - _start, count - content.Length);
            content.Write(_received, _start, piece);
            _start += piece;
        }

        return content.ToArray();
    }

    /// <summary>Waits for the server's next byte or its end; true if it ended (orderly or by a reset) without another byte.</summary>
    public bool ServerCloses() => !Fill();

    /// <summary>Says a line and reads the answer.</summary>
    public string? Ask(string line)
    {
        Say(line + "\n");
        return ReadLine();
    }

    /// <summary>Gives the password; false if the server closed.</summary>
    public bool Pass(string password) =>
        Ask("PASS " + Convert.ToHexStringLower(MD5.HashData(MD5.HashData(Encoding.UTF8.GetBytes(password))))) is "PASS OK";

    /// <summary>Sends a file.</summary>
    /// <returns>The server's last answer; null if it closed.</returns>
    public string? Send(string name, byte[] content) => Offer("SEND", name, content);

    /// <summary>Sends a file as an archive.</summary>
    /// <returns>The server's last answer; null if it closed.</returns>
    public string? ZSend(string name, byte[] content) => Offer("ZSEND", name, StockZip.Pack(content, "/somewhere/" + name));

    /// <summary>Takes a copy of a file; null if the server refused.</summary>
    public byte[]? Recv(string name) => Take("RECV", name);

    /// <summary>Takes a copy of a file as an archive and unpacks it; null if the server refused.</summary>
    public byte[]? ZRecv(string name) => Take("ZRECV", name) is { } archive ? StockZip.Unpack(archive) : null;

    /// <summary>Takes a file away; null if the server refused.</summary>
    public byte[]? Mv(string name) => Take("MV", name);

    /// <summary>Lists a folder as the server says it; null if it refused.</summary>
    public string[]? Ls(string name = "") =>
        Take("LS", name) is { } listing ? Encoding.UTF8.GetString(listing).Split('\n', StringSplitOptions.RemoveEmptyEntries) : null;

    /// <summary>Says QUIT and closes without waiting.</summary>
    public void Quit()
    {
        Say("QUIT\n");
        Dispose();
    }

    /// <summary>Ends its own direction (FIN) and goes on reading.</summary>
    public void HalfClose() => _socket.Shutdown(SocketShutdown.Send);

    /// <summary>Breaks the connection (RST).</summary>
    public void Reset()
    {
        _socket.LingerState = new LingerOption(enable: true, seconds: 0);
        _socket.Dispose();
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    /// <summary>Sends a file with its command's word given, so that the content may be anything.</summary>
    public string? Offer(string verb, string name, byte[] content)
    {
        var answer = Ask(string.Create(CultureInfo.InvariantCulture, $"{verb} <{name}> SIZE {content.Length}"));
        if (!string.Equals(answer, verb + " OK", StringComparison.Ordinal))
            return answer;
        for (var at = 0; at < content.Length; at += PieceBytes)
            _socket.Send(content, at, Math.Min(PieceBytes, content.Length - at), SocketFlags.None);
        return ReadLine();
    }

    private byte[]? Take(string verb, string name)
    {
        var answer = Ask($"{verb} <{name}>");
        if (answer is null || !answer.StartsWith(verb + " SIZE ", StringComparison.Ordinal))
            return null;
        Say(verb + " OK\n");
        return ReadBytes(long.Parse(answer.AsSpan(verb.Length + 6), CultureInfo.InvariantCulture));
    }

    private bool Fill()
    {
        if (_start < _end)
            return true;
        try
        {
            (_start, _end) = (0, _socket.Receive(_received));
            return _end > 0;
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionReset or SocketError.ConnectionAborted)
        {
            (_start, _end) = (0, 0);
            return false;
        }
    }
}
