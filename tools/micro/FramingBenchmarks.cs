using System;
using System.Text;
using BenchmarkDotNet.Attributes;
using PandoraSync.Protocol;

namespace PandoraSync.Micro;

/// <summary>What a line costs on its way in.</summary>
[MemoryDiagnoser]
public class FramingBenchmarks
{
    private const string Name = "0123456789abcdef0123456789abcdef.1760000000.data";
    private readonly byte[] _line = Encoding.ASCII.GetBytes("RECV SIZE 4096\n");
    private readonly ArraySegment<byte> _reply = new(Encoding.ASCII.GetBytes("RECV SIZE 4096"));
    private readonly ArraySegment<byte> _request = new(Encoding.ASCII.GetBytes($"RECV <{Name}>"));
    private readonly ArraySegment<byte> _deletion = new(Encoding.ASCII.GetBytes($"DEL <{Name}> SHA256 {new string('a', 64)}"));
    private readonly FrameBuffer _frames = new();

    /// <summary>A line is cut from what was received.</summary>
    [Benchmark]
    public int CutLine()
    {
        var space = _frames.GetMemory(_line.Length);
        Buffer.BlockCopy(_line, 0, space.Array!, space.Offset, _line.Length);
        _frames.Advance(_line.Length);
        return _frames.TryTakeLine(out var line) ? line.Count : 0;
    }

    /// <summary>A client reads an answer.</summary>
    [Benchmark]
    public TentacleReply? ReadReply() => TentacleReply.Parse(_reply);

    /// <summary>A server reads a request.</summary>
    [Benchmark]
    public TentacleCommand ReadRequest() => TentacleCommand.Parse(_request);

    /// <summary>A server reads a deletion by content.</summary>
    [Benchmark]
    public TentacleCommand ReadDeletion() => TentacleCommand.Parse(_deletion);
}
