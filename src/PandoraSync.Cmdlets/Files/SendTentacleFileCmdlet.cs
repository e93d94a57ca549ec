using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Client;
using PandoraSync.Cmdlets.Base;
using PandoraSync.Files;
using PandoraSync.Protocol;

namespace PandoraSync.Cmdlets.Files;

/// <summary>Sends files to a Tentacle server.</summary>
[Cmdlet(VerbsCommunications.Send, "TentacleFile", DefaultParameterSetName = ByComputerName, SupportsShouldProcess = true)]
[OutputType(typeof(SentFile))]
public sealed class SendTentacleFileCmdlet : SessionCmdlet
{
    private readonly Rate _rate = new();
    private int _files;
    private int _filesDone;
    private long _bytesDone;
    private bool _isWholeKnown;
    private bool _isPathGiven;
    private bool _isLiteralPathGiven;

    /// <summary>Files, with wildcards.</summary>
    [Parameter(ParameterSetName = ByComputerName, Position = 1, ValueFromPipeline = true)]
    [Parameter(ParameterSetName = BySession, Position = 0, ValueFromPipeline = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = [];

    /// <summary>Files whose names are taken as they are.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("FullName", "PSPath", "LP")]
    [ValidateNotNullOrEmpty]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>The name at the server; the file's own by default. For one file.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? NewName { get; set; }

    /// <summary>Sends packed (ZSEND); the server unpacks.</summary>
    [Parameter]
    public SwitchParameter Compress { get; set; }

    /// <summary>Writes an object for each file that the server has confirmed.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        _isPathGiven = MyInvocation.BoundParameters.ContainsKey(nameof(Path));
        _isLiteralPathGiven = MyInvocation.BoundParameters.ContainsKey(nameof(LiteralPath));
    }

    /// <inheritdoc/>
    internal override bool KeepsScreen => true;

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        Screen.Clear();
        base.EndProcessing();
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (ResolveSession() is not { } session)
            return;

        if ((_isPathGiven && LiteralPath.Length > 0) || (_isLiteralPathGiven && Path.Length > 0 && InputObject is null))
            ThrowTerminatingError(ErrorMapper.ToRecord(new TentacleException(TentacleErrorKind.Configuration, "-Path and -LiteralPath are two ways to name the files: give one of them, or pipe the files."), target: null));

        // A FileInfo from the pipeline binds both; its full name is the better one.
        if (LiteralPath.Length == 0 && Path.Length == 0)
            ThrowTerminatingError(ErrorMapper.ToRecord(new TentacleException(TentacleErrorKind.Configuration, "No file is given: use -Path, -LiteralPath or the pipeline."), target: null));
        var files = LiteralPath.Length > 0
            ? LiteralPath.Select(p => (File: p, Given: p)).ToArray()
            : Path.SelectMany(p => Expand(p).Select(f => (File: f, Given: p))).ToArray();
        _files += files.Length;
        if (NewName is not null && _files > 1)
            ThrowTerminatingError(ErrorMapper.ToRecord(new TentacleException(TentacleErrorKind.Configuration, $"-NewName '{NewName}' is for one file, and more are given: the server would keep only one of them."), NewName));
        _isWholeKnown = files.Length > 1;
        foreach (var (file, given) in files)
            TrySend(session, file, given);
    }

    private string[] Expand(string path)
    {
        try
        {
            var found = GetResolvedProviderPathFromPSPath(path, out var provider);
            if (!string.Equals(provider.Name, "FileSystem", StringComparison.Ordinal))
                return [path];
            if (found.Count == 0)
                WriteVerbose($"No file matches '{path}'.");
            return [.. found];
        }
        catch (Exception e) when (e is SessionStateException or WildcardPatternException)
        {
            // What is wrong with it is said when it is opened, as an error of that file alone.
            return [path];
        }
    }

    /// <summary>Sends one file after asking; what is wrong with it is an error of that file alone.</summary>
    private void TrySend(TentacleSession session, string path, object target)
    {
        try
        {
            var full = FileSystemPath(path);
            var name = NewName ?? System.IO.Path.GetFileName(full);
            FileNameRules.RequireSafe(name);
            using var content = Open(full);
            if (ShouldProcess($"{full} to {session.Endpoint} as {name}", "Send file"))
                TryRun(target, pump => SendAsync(session, name, content, pump));
        }
        catch (TentacleException e)
        {
            WriteError(ErrorMapper.ToRecord(e, target));
        }
    }

    private static FileStream Open(string path)
    {
        try
        {
            if (Directory.Exists(path))
                throw new TentacleException(TentacleErrorKind.LocalFile, $"'{path}' is a folder: give files, for example '{System.IO.Path.Combine(path, "*")}'.") { File = path, Step = "open" };
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1);
        }
        catch (Exception e) when (LocalFileError.IsFileError(e))
        {
            throw LocalFileError.Explain(e, path, "open");
        }
    }

    private async Task SendAsync(TentacleSession session, string name, FileStream content, CmdletPump pump)
    {
        var length = content.Length;
        long sent = 0;
        pump.Progress(() => Show(session, name, Interlocked.Read(ref sent), length));
        void Sent(int bytes) => Interlocked.Add(ref sent, bytes);

        await OfferAsync(session, name, content, Sent, pump).ConfigureAwait(false);

        _filesDone++;
        _bytesDone += length;
        pump.Verbose($"{session.Endpoint} has confirmed '{name}' ({length} bytes).");
        if (PassThru)
            pump.Output(new SentFile(session, name, length, content.Name));
    }

    /// <summary>The files in a line, and below it the one that is being sent. How many will come is not known where the pipeline brings them one by one.</summary>
    private IReadOnlyList<ProgressRecord> Show(TentacleSession session, string name, long sent, long length)
    {
        _rate.Add(_filesDone, _bytesDone + sent);
        var speed = _rate.BytesPerSecond is { } rate ? $", {ByteSize.Format((long)rate)}/s" : string.Empty;
        var all = new ProgressRecord(1, $"Sending to {session.Endpoint}", $"{_filesDone}{(_isWholeKnown ? $" of {_files}" : string.Empty)} files, {ByteSize.Format(_bytesDone + sent)}{speed}")
        {
            PercentComplete = _isWholeKnown ? (int)(100L * _filesDone / _files) : -1,
            SecondsRemaining = _isWholeKnown ? _rate.SecondsFor(_files - _filesDone) : -1,
        };
        var one = new ProgressRecord(2, name, $"{ByteSize.Format(sent)} of {ByteSize.Format(length)}") { ParentActivityId = 1, PercentComplete = length == 0 ? 100 : (int)Math.Min(100, 100 * sent / length) };
        return [all, one];
    }

    private Task<bool> OfferAsync(TentacleSession session, string name, FileStream content, Action<int> sent, CmdletPump pump) => session.UseAsync(
        async client =>
        {
            if (Compress)
                await client.SendCompressedAsync(name, content, sent: null, StopToken).ConfigureAwait(false);
            else
                await client.SendAsync(name, content, content.Length, sent, StopToken).ConfigureAwait(false);
            return true;
        },
        isRepeatable: false, pump.Verbose, StopToken);
}
