using System;
using System.Threading.Tasks;
using PandoraSync.Protocol;

namespace PandoraSync.Transport;

/// <summary>
/// Sends in the background what is put in line, so that whoever asks many things at once reads the answers meanwhile: neither end then
/// waits for the other to read. It bounds no wait; the reads beside it do.
/// </summary>
/// <param name="write">Writes bytes; an error of it shows at the reads.</param>
/// <param name="beforeLine">Waited for before each line, which is then written by itself, for a peer that takes what it reads at once for one line (protocol.md, section 10); null to send as much as there is.</param>
internal sealed class BackgroundSender(Func<ArraySegment<byte>, Task> write, Func<Task>? beforeLine = null)
{
    private readonly object _gate = new();
    private FrameBuffer _queued = new();
    private FrameBuffer _leaving = new();
    private bool _isSending;
    private Task _sending = Task.CompletedTask;

    /// <summary>Puts bytes in line.</summary>
    public void Queue(byte[] bytes)
    {
        lock (_gate)
        {
            var space = _queued.GetMemory(bytes.Length);
            Buffer.BlockCopy(bytes, 0, space.Array!, space.Offset, bytes.Length);
            _queued.Advance(bytes.Length);
        }
    }

    /// <summary>Sees to it that what is in line leaves.</summary>
    public void Begin()
    {
        lock (_gate)
        {
            if (_isSending)
                return;
            _isSending = true;
        }

        _sending = SendAsync();
    }

    /// <summary>Comes back when all has left, so that something else may be sent.</summary>
    public Task CompleteAsync() => _sending;

    private async Task SendAsync()
    {
        while (TakeQueued() is { Count: > 0 } bytes)
        {
            for (var left = bytes; left.Count > 0;)
            {
                var count = left.Count;
                if (beforeLine is not null)
                {
                    count = Array.IndexOf(left.Array!, (byte)'\n', left.Offset, left.Count) + 1 - left.Offset;
                    await beforeLine().ConfigureAwait(false);
                }

                await write(new ArraySegment<byte>(left.Array!, left.Offset, count)).ConfigureAwait(false);
                left = new ArraySegment<byte>(left.Array!, left.Offset + count, left.Count - count);
            }
        }
    }

    private ArraySegment<byte> TakeQueued()
    {
        lock (_gate)
        {
            (_queued, _leaving) = (_leaving, _queued);
            _isSending = _leaving.Count > 0;
            return _leaving.TakeContent(_leaving.Count);
        }
    }
}
