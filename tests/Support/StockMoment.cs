using System.Text;

namespace PandoraSync.TestSupport;

/// <summary>What a <see cref="StockServer"/> is about to do or has done, and the means to make it misbehave there.</summary>
public sealed class StockMoment
{
    private readonly StockServerConnection _connection;

    internal StockMoment(StockServerConnection connection, StockPoint point, string command, long bytesDone, byte[]? data)
    {
        _connection = connection;
        Point = point;
        Command = command;
        BytesDone = bytesDone;
        Data = data;
    }

    /// <summary>Number of the connection, 1 for the first.</summary>
    public int Connection => _connection.Number;

    /// <summary>Where in the conversation.</summary>
    public StockPoint Point { get; }

    /// <summary>The command under way, without its LF; empty before the first.</summary>
    public string Command { get; }

    /// <summary>Bytes of content sent so far.</summary>
    public long BytesDone { get; }

    /// <summary>Bytes that have arrived and were not read yet: the next read takes them all as one (up to 1,024).</summary>
    public int BytesWaiting => _connection.BytesWaiting;

    /// <summary>The reply (with its LF) or content; replace it to have something else sent or stored. Null: content comes from the file as it is then.</summary>
    public byte[]? Data { get; set; }

    /// <summary>Replaces the reply by text.</summary>
    public void Say(string text) => Data = Encoding.UTF8.GetBytes(text);

    /// <summary>Closes the connection here, in an orderly way (FIN).</summary>
    public void Close() => throw new StockServerCutException(reset: false);

    /// <summary>Breaks the connection here (RST).</summary>
    public void Reset() => throw new StockServerCutException(reset: true);

    /// <summary>Goes silent here until the client leaves or the server is stopped.</summary>
    public void Hang() => _connection.Hang();
}
