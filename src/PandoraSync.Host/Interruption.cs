using System;
using System.Collections.Generic;
using System.Management.Automation;
using System.Runtime.InteropServices;
using System.Threading;

namespace PandoraSync.Host;

/// <summary>
/// Ctrl+C and the signals that end a process: the running pipeline is stopped in order, so that cmdlets close what they hold.
/// A second one, or one while nothing runs, is left to the system, which ends the process.
/// </summary>
internal sealed class Interruption : IDisposable
{
    private readonly Lock gate = new();
    private readonly Stack<PowerShell> running = new();
    private readonly PosixSignalRegistration[] registrations;
    private bool stopping;

    public Interruption() => registrations =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => signal.Cancel = Stop(ControlC)),
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => signal.Cancel = Stop(128 + 15)),
        PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal => signal.Cancel = Stop(128 + 1)),
    ];

    /// <summary>The exit code that shells give to a process that Ctrl+C ended.</summary>
    public const int ControlC = 128 + 2;

    /// <summary>The exit code of the interruption since the outermost pipeline began; null when there was none.</summary>
    public int? ExitCode { get; private set; }

    /// <summary>Names the pipeline that an interruption stops from now on.</summary>
    public void Begin(PowerShell shell)
    {
        lock (gate)
        {
            if (running.Count == 0)
                ExitCode = null;
            stopping = false;
            running.Push(shell);
        }
    }

    /// <summary>The pipeline has ended.</summary>
    public void End()
    {
        lock (gate)
            running.Pop();
    }

    /// <summary>Stops the running pipeline, without waiting for it.</summary>
    /// <returns>False when there is none, or it was told already.</returns>
    public bool Stop(int exitCode)
    {
        lock (gate)
        {
            if (stopping || !running.TryPeek(out var shell))
                return false;
            stopping = true;
            ExitCode = exitCode;
            shell.BeginStop(callback: null, state: null);
            return true;
        }
    }

    public void Dispose()
    {
        foreach (var registration in registrations)
            registration.Dispose();
    }
}
