using System;
using PandoraSync.Files;

namespace PandoraSync.Client;

/// <summary>A stream to write to that hands each piece on to a method.</summary>
internal sealed class FeedStream(Action<ArraySegment<byte>> feed) : WriteOnlyStream
{
    public override void Write(byte[] buffer, int offset, int count) => feed(new ArraySegment<byte>(buffer, offset, count));
}
