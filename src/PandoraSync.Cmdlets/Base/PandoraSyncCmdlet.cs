using System;
using System.Collections.Generic;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Protocol;

namespace PandoraSync.Cmdlets.Base;

/// <summary>Owns cancellation: Ctrl+C cancels, the end disposes; and runs asynchronous work for the pipeline.</summary>
public abstract class PandoraSyncCmdlet : PSCmdlet, IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly List<ErrorRecord> _held = [];

    private protected PandoraSyncCmdlet() => Screen = new ProgressScreen(this);

    /// <summary>What is shown of long work.</summary>
    internal ProgressScreen Screen { get; }

    /// <summary>True if the screen stays from one item's work to the next.</summary>
    internal virtual bool KeepsScreen => false;

    /// <summary>Fires when the pipeline is stopped.</summary>
    protected CancellationToken StopToken => _stop.Token;

    /// <summary>True if errors wait for <see cref="WriteHeldErrors"/>: one that ends the pipeline (-ErrorAction Stop) must not keep the work that comes after it from being done.</summary>
    private protected virtual bool HoldsErrors => false;

    /// <inheritdoc/>
    protected override void StopProcessing()
    {
        Tell(WhatStopWaitsFor);
        _stop.Cancel();
    }

    /// <summary>What a stop waits for, said to whoever pressed Ctrl+C; null if it waits for nothing that takes a while.</summary>
    protected virtual string? WhatStopWaitsFor => null;

    /// <summary>True if the story is asked for, by -Verbose or the preference.</summary>
    private protected bool IsVerbose => MyInvocation.BoundParameters.TryGetValue("Verbose", out var given)
        ? given is SwitchParameter { IsPresent: true }
        : SessionState.PSVariable.GetValue("VerbosePreference") is ActionPreference preference && preference != ActionPreference.SilentlyContinue;

    /// <summary>What a stop has left to do, said at its end; null for nothing.</summary>
    protected virtual string? WhatStopLeaves => null;

    /// <summary>The pipeline takes nothing more while it stops, so this goes to the host itself.</summary>
    private void Tell(string? text)
    {
        if (text is not null)
            Host.UI.WriteLine(text);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees what the cmdlet holds.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
            _stop.Dispose();
    }

    /// <summary>Runs work; an error of it becomes an error record, and the cmdlet goes on with its next item.</summary>
    /// <param name="target">What the work is about, for the error record.</param>
    /// <param name="work">The work; it writes through the pump.</param>
    /// <returns>False if it failed.</returns>
    protected bool TryRun(object? target, Func<CmdletPump, Task> work)
    {
        var pump = new CmdletPump(this);
        try
        {
            pump.Run(() => work(pump), _stop);
            return true;
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            Tell(WhatStopLeaves);
            throw new PipelineStoppedException();
        }
        catch (PipelineStoppedException)
        {
            Tell(WhatStopLeaves);
            throw;
        }
        catch (TentacleException e)
        {
            Report(e, target);
            return false;
        }
    }

    /// <summary>Makes what one item needs; its error becomes an error record, and the cmdlet goes on with its next item.</summary>
    /// <returns>Null if it failed.</returns>
    protected T? TryCreate<T>(Func<T> make, object? target)
        where T : class
    {
        try
        {
            return make();
        }
        catch (TentacleException e)
        {
            Report(e, target);
            return null;
        }
    }

    /// <summary>Writes an error that does not end the cmdlet, now or when everything is done. For the pipeline's thread.</summary>
    internal void Report(Exception error, object? target)
    {
        var record = ErrorMapper.ToRecord(error, target);
        if (HoldsErrors)
            _held.Add(record);
        else
            WriteError(record);
    }

    /// <summary>Writes what was held, in order; to be called when everything else is done and written.</summary>
    private protected void WriteHeldErrors()
    {
        foreach (var record in _held)
            WriteError(record);
    }

    /// <summary>Does something whose error is the caller's fault and ends the cmdlet.</summary>
    protected T OrThrow<T>(Func<T> make, object? target)
    {
        try
        {
            return make();
        }
        catch (TentacleException e)
        {
            ThrowTerminatingError(ErrorMapper.ToRecord(e, target));
            throw;
        }
    }

    /// <summary>Ends the cmdlet, since what it was told cannot be meant.</summary>
    private protected void Refuse(string message) => ThrowTerminatingError(ErrorMapper.ToRecord(new TentacleException(TentacleErrorKind.Configuration, message), target: null));

    /// <summary>The file system path that a PowerShell path means; it need not exist.</summary>
    protected string FileSystemPath(string path)
    {
        try
        {
            var full = SessionState.Path.GetUnresolvedProviderPathFromPSPath(path, out var provider, out _);
            if (string.Equals(provider.Name, "FileSystem", StringComparison.Ordinal))
                return full;
            throw new TentacleException(TentacleErrorKind.LocalFile, $"'{path}' is not a path of the file system but of {provider.Name}: give a folder or file.") { File = path, Step = "path" };
        }
        catch (SessionStateException e)
        {
            throw new TentacleException(TentacleErrorKind.LocalFile, $"'{path}' cannot be used: {e.Message}", e) { File = path, Step = "path" };
        }
    }
}
