using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace PandoraSync.TestSupport;

/// <summary>One connection of a <see cref="StockServer"/>: plain blocking reads and writes with ordinary socket options.</summary>
internal sealed class StockServerConnection
{
    private const int PieceBytes = 1024;
    private static readonly TimeSpan MatchLimit = TimeSpan.FromSeconds(5);
    private static readonly Regex Offer = new(@"^(?<verb>Z?SEND) <(?<name>.*)> SIZE (?<size>[0-9]{1,18})\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, MatchLimit);
    private static readonly Regex Request = new(@"^(?<verb>Z?RECV|MV|LS) <(?<name>.*)>\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, MatchLimit);
    private readonly StockServer _server;
    private readonly Socket _socket;
    private Stream? _stream;
    private string _command = string.Empty;

    public StockServerConnection(StockServer server, Socket socket, int number)
    {
        _server = server;
        _socket = socket;
        Number = number;
        var patience = (int)(server.Options.Timeout * (server.Options.Retries + 1)).TotalMilliseconds;
        socket.ReceiveTimeout = patience;
        socket.SendTimeout = patience;
    }

    public int Number { get; }

    public int BytesWaiting => _socket.Available;

    private StockStorage Storage => _server.Storage;

    public void Converse()
    {
        try
        {
            _stream = Open();
            At(StockPoint.Connected);
            if (_server.Options.Password is { } password && ReadCommand() is var first)
            {
                if (!string.Equals(first, "PASS " + Digest(password), StringComparison.Ordinal))
                    return;
                Reply("PASS OK");
            }

            while (ReadCommand() is { } command && Obey(command))
                _command = string.Empty;
        }
        catch (StockServerCutException e)
        {
            if (e.Reset)
                _socket.LingerState = new LingerOption(enable: true, seconds: 0);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or IOException or UnauthorizedAccessException or AuthenticationException)
        {
            // The client left, was silent too long, or the file cannot be used: stock drops the connection without a word.
        }
        finally
        {
            _socket.Dispose();
        }
    }

    /// <summary>Ends the connection from outside, when the server stops.</summary>
    public void Break() => _socket.Dispose();

    public void Hang()
    {
        while (!_server.Stopping.Wait(20))
        {
            if (_socket.Poll(0, SelectMode.SelectRead) && _socket.Available == 0)
                break;
        }

        throw new StockServerCutException(reset: false);
    }

    private static string Digest(string password) =>
        Convert.ToHexStringLower(MD5.HashData(MD5.HashData(Encoding.UTF8.GetBytes(password))));

    /// <summary>TLS, where used, says no goodbye: the socket is closed below it.</summary>
    private Stream Open()
    {
        if (_server.Options.Certificate is not { } certificate)
            return new NetworkStream(_socket, ownsSocket: false);
        var tls = new SslStream(new OneRecordStream(_socket), leaveInnerStreamOpen: true);
        tls.AuthenticateAsServer(new SslServerAuthenticationOptions { ServerCertificate = certificate, EnabledSslProtocols = _server.Options.TlsVersions });
        return tls;
    }

    private bool Obey(string command)
    {
        if (Offer.Match(command) is { Success: true } offer)
            return TakeFile(offer.Groups["verb"].Value, offer.Groups["name"].Value, long.Parse(offer.Groups["size"].Value, CultureInfo.InvariantCulture));
        if (Request.Match(command) is not { Success: true } request)
            return false;
        var (verb, name) = (request.Groups["verb"].Value, request.Groups["name"].Value);
        return verb switch
        {
            "LS" => _server.Options.Insecure && GiveListing(name),
            "MV" => _server.Options.Insecure && GiveFile(verb, name),
            _ => GiveFile(verb, name),
        };
    }

    private bool TakeFile(string verb, string name, long size)
    {
        if (StockStorage.IsInvalid(name))
            return Reply($"{verb} ERR (invalid file name)");
        if (size == 0 || size > _server.Options.MaxFileBytes)
            return Reply($"{verb} ERR (file is too big)");
        var path = Storage.PathOf(name);
        if (path is not null && File.Exists(path) && !_server.Options.Overwrite)
            return Reply($"{verb} ERR (file already exists)");
        Reply($"{verb} OK");
        var content = ReadExactly((int)size);
        if (string.Equals(verb, "ZSEND", StringComparison.Ordinal))
        {
            if (StockZip.Unpack(content) is not { } unpacked)
                return Reply("ZSEND ERR");
            content = unpacked;
        }

        return path is not null && Store(path, content) && Reply($"{verb} OK");
    }

    private bool Store(string path, byte[] content)
    {
        content = At(StockPoint.Storing, data: content)!;
        if (Directory.Exists(path) || !Directory.Exists(Path.GetDirectoryName(path)))
            return false;
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        file.Write(content, 0, content.Length / 2);
        At(StockPoint.HalfStored);
        file.Write(content, content.Length / 2, content.Length - (content.Length / 2));
        return true;
    }

    private bool GiveFile(string verb, string name)
    {
        if (StockStorage.IsInvalid(name))
            return Reply($"{verb} ERR (file has an invalid file name)");
        var path = Storage.PathOf(name);
        if (path is null || !File.Exists(path))
            return Reply($"{verb} ERR (file does not exist)");
        var archive = string.Equals(verb, "ZRECV", StringComparison.Ordinal) ? StockZip.Pack(File.ReadAllBytes(path), path) : null;
        var size = archive?.Length ?? new FileInfo(path).Length;
        if (!IsWanted(verb, size))
            return true;
        var moves = string.Equals(verb, "MV", StringComparison.Ordinal);
        if (size == 0 && !moves)
            return false;
        SendContent(archive, path);
        if (moves)
        {
            File.Delete(path);
            At(StockPoint.Deleted);
        }

        return true;
    }

    private bool GiveListing(string name)
    {
        if (StockStorage.IsInvalid(name) || Storage.List(name) is not { } listing)
            return Reply("LS ERR");
        if (IsWanted("LS", listing.Length))
            SendContent(listing, path: null);
        return true;
    }

    private bool IsWanted(string verb, long size)
    {
        Reply(string.Create(CultureInfo.InvariantCulture, $"{verb} SIZE {size}"));
        return ReadCommand() is { } answer
            ? string.Equals(answer, verb + " OK", StringComparison.Ordinal)
            : throw new StockServerCutException(reset: false);
    }

    /// <summary>Sends to the end of the content as it is now, whatever size was said before.</summary>
    private void SendContent(byte[]? ready, string? path)
    {
        ready = At(StockPoint.Content, data: ready);
        using Stream content = ready is not null
            ? new MemoryStream(ready)
            : new FileStream(path!, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        var piece = new byte[PieceBytes];
        long done = 0;
        for (int count; (count = content.Read(piece, 0, piece.Length)) > 0;)
        {
            SendAll(piece, count);
            done += count;
            At(StockPoint.Piece, done);
        }

        At(StockPoint.ContentDone, done);
    }

    private bool Reply(string line)
    {
        var bytes = At(StockPoint.Reply, data: Encoding.UTF8.GetBytes(line + "\n"))!;
        SendAll(bytes, bytes.Length);
        At(StockPoint.Replied);
        return true;
    }

    /// <summary>A line is complete when a read ends in LF: two commands in one read make one unknown command.</summary>
    private string? ReadCommand()
    {
        var line = new List<byte>();
        var piece = new byte[PieceBytes];
        while (true)
        {
            var count = _stream!.Read(piece);
            if (count == 0)
                return null;
            line.AddRange(piece.AsSpan(0, count));
            if (line[^1] == '\n')
                break;
            if (line.Count > PieceBytes)
                return null;
        }

        _command = Encoding.UTF8.GetString([.. line], 0, line.Count - 1);
        _server.Saw(_command);
        At(StockPoint.Command);
        return _command;
    }

    private byte[] ReadExactly(int size)
    {
        var content = new byte[size];
        for (int at = 0, count; at < size; at += count)
        {
            count = _stream!.Read(content, at, Math.Min(PieceBytes, size - at));
            if (count == 0)
                throw new StockServerCutException(reset: false);
        }

        return content;
    }

    private void SendAll(byte[] bytes, int count) => _stream!.Write(bytes, 0, count);

    private byte[]? At(StockPoint point, long done = 0, byte[]? data = null)
    {
        var moment = new StockMoment(this, point, _command, done, data);
        _server.OnStep?.Invoke(moment);
        return moment.Data;
    }
}
