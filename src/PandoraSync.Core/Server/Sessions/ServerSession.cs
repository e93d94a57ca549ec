using System;
using System.IO;
using System.Net;
using System.Threading.Tasks;
using PandoraSync.Files;
using PandoraSync.Protocol;
using PandoraSync.Server.Storage;
using PandoraSync.Transport;

namespace PandoraSync.Server.Sessions;

/// <summary>One client's conversation (protocol.md, sections 1 and 2).</summary>
internal sealed class ServerSession : IServerSession
{
    private readonly TentacleChannel _channel;
    private readonly TentacleServerOptions _options;
    private readonly BufferStorage _storage;
    private readonly IPAddress _client;
    private readonly ServerStatistics _statistics;
    private readonly Action<TentacleLogLevel, string> _log;
    private readonly LocalWork _local;
    private readonly MoveUnderWay _move;
    private TentacleVerb _refused;
    private bool _saysQuit;
    private volatile bool _stopping;
    private volatile bool _idle;

    public ServerSession(TentacleChannel channel, TentacleServerOptions options, BufferStorage storage, IPAddress client, ServerStatistics statistics, Action<TentacleLogLevel, string> log)
    {
        _channel = channel;
        _options = options;
        _storage = storage;
        _client = client;
        _statistics = statistics;
        _log = log;
        _local = new LocalWork(channel, log);
        _move = new MoveUnderWay(channel, storage, statistics, _local, log);
    }

    /// <inheritdoc/>
    public async Task RunAsync()
    {
        try
        {
            await ServeAsync().ConfigureAwait(false);
        }
        finally
        {
            _move.Keep();
        }
    }

    /// <inheritdoc/>
    public void Stop()
    {
        _stopping = true;
        if (_idle)
            _channel.Dispose();
    }

    private async Task ServeAsync()
    {
        while (!_stopping)
        {
            _channel.Step = "command";
            _channel.File = null;
            var command = await ReadCommandAsync().ConfigureAwait(false);
            if (command is null)
            {
                if (!_stopping && !_saysQuit)
                    await _move.ConfirmByCloseAsync().ConfigureAwait(false);
                break;
            }

            if (command.Verb != TentacleVerb.Unknown)
                await _move.ConfirmByCommandAsync().ConfigureAwait(false);
            if (!await HandleAsync(command).ConfigureAwait(false))
                break;
        }

        await _channel.FlushAsync().ConfigureAwait(false);
    }

    /// <summary>Does what a command says.</summary>
    /// <returns>False if the session is over.</returns>
    private async Task<bool> HandleAsync(TentacleCommand command)
    {
        _channel.Step = command.ToString();
        var refused = _refused;
        _refused = TentacleVerb.Unknown;

        // What is in line to be sent may wait for these, which are quick.
        if (command.Verb is not (TentacleVerb.Recv or TentacleVerb.Del))
            await _channel.FlushAsync().ConfigureAwait(false);
        switch (command.Verb)
        {
            case TentacleVerb.Recv when !command.IsConfirmation && string.Equals(command.Name, FileNameRules.ProbeName, StringComparison.Ordinal):
                await AnswerProbeAsync().ConfigureAwait(false);
                return true;
            case var verb when command.IsConfirmation && verb == refused:
                // A client that asks ahead has confirmed before it could read the refusal.
                return true;
            case TentacleVerb.Send when string.Equals(command.Name, FileNameRules.ProbeName, StringComparison.Ordinal):
                // A client of ours wants to know whether files are taken. A file of this name is refused in any case.
                await ReplyAsync(TentacleReply.Error(TentacleVerb.Send, _storage.WhyFull() ?? RefusalReasons.InvalidName)).ConfigureAwait(false);
                return true;
            case TentacleVerb.Send or TentacleVerb.ZSend:
                await StoreAsync(command).ConfigureAwait(false);
                return true;
            case TentacleVerb.Recv or TentacleVerb.ZRecv when !command.IsConfirmation:
                await GiveAsync(command).ConfigureAwait(false);
                return true;
            case TentacleVerb.Ls when !command.IsConfirmation && _options.AllowListing:
                await ListAsync(command.Name).ConfigureAwait(false);
                return true;
            case TentacleVerb.Mv when !command.IsConfirmation && _options.AllowListing:
                await MoveAsync(command).ConfigureAwait(false);
                return true;
            case TentacleVerb.Del when _options.AllowListing:
                await DeleteAsync(command).ConfigureAwait(false);
                return true;
            case TentacleVerb.Quit:
                return false;
            default:
                var isForbidden = !_options.AllowListing && command.Verb is (TentacleVerb.Ls or TentacleVerb.Mv or TentacleVerb.Del);
                _log(TentacleLogLevel.Error, $"{_channel.Peer} {(isForbidden ? $"asked for {command}, which needs -I (insecure 1)" : "said something that is no command")}: closed");
                _statistics.Failed();
                return false;
        }
    }

    /// <summary>Tells a client of ours what it may do here (protocol.md, section 9).</summary>
    private Task AnswerProbeAsync()
    {
        // A client that asks this says QUIT; if it just goes, it or something on the way has crashed.
        _saysQuit = true;
        _refused = TentacleVerb.Recv;
        return ReplyAsync(TentacleReply.Error(TentacleVerb.Recv, _options.AllowListing ? FastLane.Announcement : RefusalReasons.Missing));
    }

    private async Task StoreAsync(TentacleCommand command)
    {
        var reason = _storage.WhyNotStorable(command.Name, command.Size);
        IncomingFile? file = null;
        Stream? archive = null;
        try
        {
            reason ??= _local.Try(command.Name, () =>
            {
                file = _storage.Create(command.Name, command.Size, _client);
                archive = command.Verb == TentacleVerb.ZSend ? _storage.CreatePassing(_client) : null;
            });
            if (reason is not null)
            {
                await RefuseAsync(command, reason).ConfigureAwait(false);
                return;
            }

            await ReplyAsync(TentacleReply.Ok(command.Verb)).ConfigureAwait(false);
            reason = command.Verb == TentacleVerb.Send
                ? await ReceivePlainAsync(file!, command.Size).ConfigureAwait(false)
                : await ReceiveArchiveAsync(file!, archive!, command.Size).ConfigureAwait(false);
            if (reason is not null)
            {
                await RefuseAsync(command, reason).ConfigureAwait(false);
                return;
            }

            _statistics.Received();
            _channel.Credit?.Done();
            _log(TentacleLogLevel.Log, $"{_channel.Peer} sent '{command.Name}' ({command.Size} bytes)");
            await ReplyAsync(TentacleReply.Ok(command.Verb)).ConfigureAwait(false);
        }
        finally
        {
            file?.Dispose();
            archive?.Dispose();
        }
    }

    private async Task<string?> ReceivePlainAsync(IncomingFile file, long size)
    {
        await _channel.ReadContentAsync(file.Content, size).ConfigureAwait(false);
        return await TryStoreAsync(file).ConfigureAwait(false);
    }

    private async Task<string?> ReceiveArchiveAsync(IncomingFile file, Stream archive, long size)
    {
        var content = new DeferredErrorStream(archive);
        await _channel.ReadContentAsync(content, size).ConfigureAwait(false);
        var reason = _local.Try(file.Name, () =>
        {
            content.ThrowIfFailed();
            ZipMember.Read(archive, file.Content, _options.MaxUnpackedBytes);
        });
        return reason ?? await TryStoreAsync(file).ConfigureAwait(false);
    }

    private async Task<string?> TryStoreAsync(IncomingFile file)
    {
        _channel.Credit?.BeginWork();
        try
        {
            return await _storage.StoreAsync(file).ConfigureAwait(false);
        }
        catch (QuotaExceededException e)
        {
            return e.Reason;
        }
        catch (Exception e) when (LocalFileError.IsFileError(e))
        {
            return _local.Explain(e, file.Name);
        }
        finally
        {
            _channel.Credit?.EndWork();
        }
    }

    private async Task GiveAsync(TentacleCommand command)
    {
        using var file = OpenForClient(command, out var reason);
        Stream? archive = null;
        try
        {
            if (command.Verb == TentacleVerb.ZRecv && file is not null)
            {
                reason = _local.Try(command.Name, () =>
                {
                    archive = _storage.CreatePassing(_client);
                    ZipMember.Write(file, archive, command.Name);
                    archive.Position = 0;
                });
            }

            if (reason is not null)
            {
                await RefuseAsync(command, reason).ConfigureAwait(false);
                return;
            }

            var content = archive ?? file!;
            if (await OfferContentAsync(command.Verb, content, content.Length).ConfigureAwait(false))
            {
                _statistics.Given();
                _log(TentacleLogLevel.Log, $"{_channel.Peer} received '{command.Name}' ({content.Length} bytes)");
            }
        }
        finally
        {
            archive?.Dispose();
        }
    }

    private async Task MoveAsync(TentacleCommand command)
    {
        var name = command.Name;
        var isClaimed = false;
        try
        {
            using var file = ClaimForClient(command, out isClaimed, out var reason);
            if (file is null)
            {
                await RefuseAsync(command, reason!).ConfigureAwait(false);
                return;
            }

            var pending = BufferStorage.BeginMove(name, file);
            if (await OfferContentAsync(TentacleVerb.Mv, file, pending.File.Length).ConfigureAwait(false))
            {
                _move.Begin(pending);
                _statistics.Given();
            }
        }
        finally
        {
            if (isClaimed && !_move.IsPending)
                _storage.Release(name);
        }
    }

    /// <summary>Deletes a file of which the client has shown that it has the content.</summary>
    private async Task DeleteAsync(TentacleCommand command)
    {
        var name = command.Name;
        var isClaimed = false;
        try
        {
            using var file = ClaimForClient(command, out isClaimed, out var reason);
            if (file is not null)
            {
                if (file.Length > FastLane.MostBytesHashedInPassing)
                    await _channel.FlushAsync().ConfigureAwait(false);
                var isSame = false;
                reason = _local.Try(name, () => isSame = _storage.DeleteIfSame(BufferStorage.BeginMove(name, file), file, command.Digest!));
                reason ??= isSame ? null : RefusalReasons.OtherContent;
            }

            if (reason is not null)
            {
                await RefuseAsync(command, reason).ConfigureAwait(false);
                return;
            }
        }
        finally
        {
            if (isClaimed)
                _storage.Release(name);
        }

        _statistics.Moved();
        _channel.Credit?.Done();
        _log(TentacleLogLevel.Log, $"{_channel.Peer} took '{name}'");
        await ReplyAsync(TentacleReply.Ok(TentacleVerb.Del)).ConfigureAwait(false);
    }

    private async Task ListAsync(string sampleName)
    {
        using var buffer = new SpillBuffer(() => _storage.CreatePassing(_client));
        Stream names = Stream.Null;
        var reason = sampleName.Length > 0 && FileNameRules.WhyInvalid(sampleName) is not null ? RefusalReasons.InvalidName : _local.Try("listing", () =>
        {
            _storage.List(sampleName, buffer);
            names = buffer.Complete();
        });
        if (reason is not null)
        {
            await RefuseAsync(TentacleCommand.Request(TentacleVerb.Ls, sampleName), reason).ConfigureAwait(false);
            return;
        }

        await OfferContentAsync(TentacleVerb.Ls, names, names.Length).ConfigureAwait(false);
        _log(TentacleLogLevel.Info, $"{_channel.Peer} listed {names.Length} bytes of names");
    }

    /// <summary>Announces content and, if the client wants it, sends it.</summary>
    /// <returns>True if it was sent.</returns>
    private async Task<bool> OfferContentAsync(TentacleVerb verb, Stream content, long length)
    {
        await ReplyAsync(TentacleReply.OfSize(verb, length)).ConfigureAwait(false);
        if (await ReadCommandAsync().ConfigureAwait(false) is not { IsConfirmation: true } answer || answer.Verb != verb)
            return false;

        // Of a file that is moved it must be certain that it has left.
        if (verb != TentacleVerb.Recv || !_channel.TryQueueContent(content, length))
            await _channel.SendContentAsync(content, length).ConfigureAwait(false);
        return true;
    }

    /// <summary>Opens a file that from now on nobody else may move or delete, if that was not so before.</summary>
    private FileStream? ClaimForClient(TentacleCommand command, out bool isClaimed, out string? reason)
    {
        reason = BufferStorage.WhyRefused(command.Name);
        isClaimed = reason is null && _storage.TryClaim(command.Name);
        if (isClaimed)
            return OpenForClient(command, out reason);
        reason ??= RefusalReasons.InUse;
        return null;
    }

    private FileStream? OpenForClient(TentacleCommand command, out string? reason)
    {
        FileStream? file = null;
        reason = BufferStorage.WhyRefused(command.Name) is not null
            ? "file has an invalid file name"
            : _local.Try(command.Name, () => file = _storage.Open(command.Name));
        if (file is null)
            reason ??= RefusalReasons.Missing;
        return file;
    }

    private async Task<TentacleCommand?> ReadCommandAsync()
    {
        // Not while a line is here: answers may still wait for the one to it.
        _idle = !_channel.HasLine;
        if (_stopping)
            return null;
        var line = await _channel.ReadLineAsync().ConfigureAwait(false);
        _idle = false;
        return line is null ? null : TentacleCommand.Parse(new ArraySegment<byte>(line));
    }

    private Task ReplyAsync(TentacleReply reply)
    {
        _channel.Queue(reply.ToBytes());

        // To a client that asks ahead many answers leave in one write.
        return _channel.HasLine ? Task.CompletedTask : _channel.FlushAsync();
    }

    private Task RefuseAsync(TentacleCommand command, string reason)
    {
        _refused = command.Verb;
        if (command.Verb is TentacleVerb.Send or TentacleVerb.ZSend)
            _statistics.Refused();
        _log(TentacleLogLevel.Error, $"{_channel.Peer} was refused {command}: {reason}");
        return ReplyAsync(TentacleReply.Error(command.Verb, reason));
    }
}
