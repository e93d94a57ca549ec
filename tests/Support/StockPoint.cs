namespace PandoraSync.TestSupport;

/// <summary>Where in a conversation a <see cref="StockServer"/> tells its test that it is.</summary>
public enum StockPoint
{
    /// <summary>A connection was accepted and has its slot.</summary>
    Connected,

    /// <summary>A command was read and not looked at yet.</summary>
    Command,

    /// <summary>A reply is about to be sent; it can be replaced.</summary>
    Reply,

    /// <summary>A reply was sent; the next thing is to read what the client says to it.</summary>
    Replied,

    /// <summary>Content is about to be sent; it can be replaced.</summary>
    Content,

    /// <summary>A piece of at most 1,024 bytes was sent.</summary>
    Piece,

    /// <summary>The last byte was written to the socket; a moved file is not deleted yet.</summary>
    ContentDone,

    /// <summary>A moved file has been deleted.</summary>
    Deleted,

    /// <summary>Content is about to be stored under its final name; it can be replaced (a full disk shortens it without a word).</summary>
    Storing,

    /// <summary>The first half of a file is under its final name.</summary>
    HalfStored,
}
