# Runs that go on: what systemd hears, logs for machines, status and history. Each run is a shell of its own, ended by its number.
BeforeDiscovery { $noUnix = $env:OS -eq 'Windows_NT' }

BeforeAll {
    . ([IO.Path]::Combine($PSScriptRoot, 'Common.ps1'))

    # A shell that runs a command with the module; its lines are read as they come.
    function Start-Run($Code, [hashtable]$Environment = @{}) {
        $program, $first = Get-Shell
        $start = [Diagnostics.ProcessStartInfo]::new($program)
        foreach ($argument in @($first) + '-NonInteractive', '-Command', "`$ErrorActionPreference = 'Stop'; Import-Module '$module'; $Code") { $start.ArgumentList.Add($argument) }
        foreach ($name in $Environment.Keys) { $start.Environment[$name] = $Environment[$name] }
        $start.Environment['NO_COLOR'] = '1'
        $start.RedirectStandardOutput = $start.RedirectStandardError = $start.RedirectStandardInput = $true
        $process = [Diagnostics.Process]::Start($start)
        $process.StandardInput.Close()
        $lines = [Collections.Concurrent.ConcurrentQueue[string]]::new()
        $reader = [powershell]::Create([initialsessionstate]::CreateDefault2()).AddScript('param($from, $lines) while ($null -ne ($line = $from.ReadLine())) { $lines.Enqueue($line) }').AddArgument($process.StandardOutput).AddArgument($lines)
        [pscustomobject] @{ Process = $process; Lines = $lines; Reader = $reader; Reading = $reader.BeginInvoke(); Errors = $process.StandardError.ReadToEndAsync() }
    }

    function Send-Signal($Run, $Signal) { & /bin/kill "-$Signal" $Run.Process.Id }

    function Wait-End($Run) {
        $Run.Process.WaitForExit(60000) | Should -BeTrue
        $null = $Run.Reader.EndInvoke($Run.Reading)
        $Run.Process.ExitCode
    }

    function Stop-Run($Run) {
        if ($Run -and -not $Run.Process.HasExited) { $Run.Process.Kill() }
    }

    # The socket of a service manager that notes what it is told.
    function New-Manager {
        $path = [IO.Path]::Combine([IO.Path]::GetTempPath(), "n$([guid]::NewGuid().ToString('N').Substring(0, 8))")
        $socket = [Net.Sockets.Socket]::new([Net.Sockets.AddressFamily]::Unix, [Net.Sockets.SocketType]::Dgram, [Net.Sockets.ProtocolType]::Unspecified)
        $socket.Bind([Net.Sockets.UnixDomainSocketEndPoint]::new($path))
        [pscustomobject] @{ Path = $path; Socket = $socket; Heard = [Collections.Generic.List[string]]::new() }
    }

    function Read-Manager($Manager) {
        $buffer = [byte[]]::new(4096)
        while ($Manager.Socket.Available -gt 0) { $Manager.Heard.Add([Text.Encoding]::UTF8.GetString($buffer, 0, $Manager.Socket.Receive($buffer))) }
        $Manager.Heard
    }

    $buffer = New-Folder
    $server = Start-TentacleServer $buffer -Address 127.0.0.1 -Port 0
    $site = "127.0.0.1:$($server.Port)"
}

AfterAll { Stop-TentacleServer $server }

Describe 'A run that goes on' -Skip:$noUnix {
    BeforeEach {
        $incoming = New-Folder
        $conf = New-File 'pandora_server.conf' "syncserver 1`nsync_address $site,127.0.0.1:1`nsync_retries 0`nincomingdir $incoming`n"
        $manager = New-Manager
        $run = $null
    }

    AfterEach {
        Stop-Run $run
        $manager.Socket.Dispose()
        [IO.File]::Delete($manager.Path)
    }

    It 'tells the service manager that it is ready, alive, reading anew and stopping, and ends with 0' {
        $run = Start-Run "Invoke-PandoraSync -ConfigPath '$conf' -Continuous -Interval 1" @{ NOTIFY_SOCKET = $manager.Path; WATCHDOG_USEC = '400000' }
        Wait-Until { @(Read-Manager $manager) -match '^READY=1\nSTATUS=2 sites, 1 of them failing' } 'it is ready and says how the sites are'
        Wait-Until { @(@(Read-Manager $manager) -eq 'WATCHDOG=1').Count -ge 3 } 'it is alive'
        $manager.Heard.Clear()
        Send-Signal $run HUP
        Wait-Until { @(Read-Manager $manager) -match '^RELOADING=1\nMONOTONIC_USEC=\d+$' -and @($manager.Heard) -match '^READY=1' } 'it reads anew'
        Send-Signal $run TERM
        Wait-End $run | Should -Be 0
        @(Read-Manager $manager) | Should -Contain 'STOPPING=1'
        $run.Errors.Result | Should -BeNullOrEmpty
    }

    It 'takes what comes, tells a dead site once, and has it in status and history' {
        [IO.File]::WriteAllText("$buffer/a.1760000000.data", 'x')
        $run = Start-Run "Invoke-PandoraSync -ConfigPath '$conf' -Continuous -Interval 1 -LogFormat Json -SelfMonitoring -MetricsPath '$incoming/.m/x.prom'"
        Wait-Until { [IO.File]::Exists("$incoming/a.1760000000.data") } 'the file arrives'
        Wait-Until { @($run.Lines) -match 'How the sites are cannot be written' } 'the missing folder is told'
        $null = [IO.Directory]::CreateDirectory("$incoming/.m")
        Wait-Until { [IO.File]::Exists("$incoming/.m/x.prom") } 'the metrics are written as soon as they can be'
        Wait-Until { (Get-PandoraSyncStatus $incoming -Site 127.0.0.1:1).FailuresInARow -ge 2 } 'the dead site is asked again'
        Send-Signal $run TERM
        Wait-End $run | Should -Be 0

        $log = $run.Lines | ConvertFrom-Json
        $log | ForEach-Object { $_.level | Should -BeIn 'error', 'warning', 'info' }
        $dead = @($log | Where-Object errorId -EQ 'Tentacle.Unreachable')
        $dead.Count | Should -Be 1
        $dead[0].site | Should -Be '127.0.0.1:1'
        @($log | Where-Object text -Like 'How the sites are cannot be written*').Count | Should -Be 1
        @($log | Where-Object text -Like "${site}: 1 file, 1 bytes*").Count | Should -Be 1
        (Get-PandoraSyncStatus -ConfigPath $conf).Site | Should -Be '127.0.0.1:1', $site
        (Get-PandoraSyncHistory $incoming -Site $site | Measure-Object Files -Sum).Sum | Should -Be 1
        Get-PandoraSyncHistory $incoming -Failed -Result Unreach* | ForEach-Object Site | Select-Object -Unique | Should -Be '127.0.0.1:1'
        Get-PandoraSyncHistory $incoming -Before ([datetime]::Today.AddDays(-1)) | Should -BeNullOrEmpty
        @(Get-FileName $incoming) -like 'PandoraSync.*.data' | Should -HaveCount 1
    }

    It 'writes levels for journald, and the story only when asked' {
        $run = Start-Run "Invoke-PandoraSync -ConfigPath '$conf' -Continuous -Interval 1 -LogFormat Journal"
        Wait-Until { @($run.Lines) -match '^<3>127\.0\.0\.1:1 cannot be connected to' } 'the dead site is told'
        Send-Signal $run TERM
        Wait-End $run | Should -Be 0
        @($run.Lines) | Should -Match '^<[346]>'
    }

    It 'carries agents'' configurations with sync_config 1, and tells what it carried' {
        $home1 = New-Folder
        foreach ($folder in "$home1/conf", "$home1/md5", "$incoming/conf", "$incoming/md5") { $null = [IO.Directory]::CreateDirectory($folder) }
        $md5 = [Security.Cryptography.MD5]::Create()
        $name, $digest = 'web01', "agent_name web01`n" | ForEach-Object { [BitConverter]::ToString($md5.ComputeHash([Text.Encoding]::UTF8.GetBytes($_))).Replace('-', '').ToLowerInvariant() }
        [IO.File]::WriteAllText("$home1/conf/$name.conf", "agent_name web01`n")
        [IO.File]::WriteAllText("$home1/md5/$name.md5", $digest)
        $other = Start-TentacleServer $home1 -Address 127.0.0.1 -Port 0 -Overwrite -Filter '.*\.conf:conf;.*\.md5:md5'
        try {
            [IO.File]::WriteAllText($conf, "syncserver 1`nsync_address 127.0.0.1:$($other.Port)`nincomingdir $incoming`nsync_config 1`n")
            $run = Start-Run "Invoke-PandoraSync -ConfigPath '$conf' -Continuous -Interval 1 -LogFormat Json"
            Wait-Until { @($run.Lines) -match 'agent web01' } 'what was carried is told'
            Send-Signal $run TERM
            Wait-End $run | Should -Be 0
            [IO.File]::ReadAllText("$incoming/conf/$name.conf") | Should -BeExactly "agent_name web01`n"
            $told = @($run.Lines | ConvertFrom-Json | Where-Object text -Like '*agent web01*')
            $told.Count, $told[0].level | Should -Be 1, 'info'
            $told[0].text | Should -Be "'$name.conf' (agent web01) of 127.0.0.1:$($other.Port) was copied to the main side: new at the site."
        }
        finally { Stop-TentacleServer $other }
    }

    It 'that is killed has lost nothing and is gone on with' {
        $run = Start-Run "Invoke-PandoraSync -ConfigPath '$conf' -Continuous -Interval 1"
        1..200 | ForEach-Object { [IO.File]::WriteAllText("$buffer/k$_.1760000$('{0:000}' -f $_).data", 'x') }
        Wait-Until { (Get-FileName $incoming).Count -gt 0 } 'it has begun'
        Send-Signal $run KILL
        $null = $run.Process.WaitForExit(60000)
        $run = Start-Run "Invoke-PandoraSync -ConfigPath '$conf' -Continuous -Interval 1"
        Wait-Until { (Get-FileName $incoming).Count -eq 200 } 'all has arrived'
        Send-Signal $run TERM
        Wait-End $run | Should -Be 0
    }

    It 'beside another over one directory takes turns, and each is well in the end' {
        $run = Start-Run "Invoke-PandoraSync -ConfigPath '$conf' -Continuous -Interval 1"
        $other = Start-Run "Invoke-PandoraSync -ConfigPath '$conf' -Continuous -Interval 1"
        try {
            1..30 | ForEach-Object { [IO.File]::WriteAllText("$buffer/t$_.17600010$('{0:00}' -f $_).data", 'x'); [Threading.Thread]::Sleep(50) }
            Wait-Until { (Get-FileName $incoming).Count -eq 30 } 'all has arrived, once'
            Wait-Until { @($run.Lines) -match '^Draining by' -and @($other.Lines) -match '^Draining by' } 'both have begun'
            Send-Signal $run TERM
            Send-Signal $other TERM
            Wait-End $run | Should -Be 0
            Wait-End $other | Should -Be 0
        }
        finally { Stop-Run $other }
    }
}

Describe 'A server that runs as a service' -Skip:$noUnix {
    It 'tells the service manager that it is ready, alive and stopping' {
        $manager = New-Manager
        $run = Start-Run "Start-TentacleServer '$(New-Folder)' -Address 127.0.0.1 -Port 0 -Wait -LogFormat Journal" @{ NOTIFY_SOCKET = $manager.Path; WATCHDOG_USEC = '200000' }
        try {
            Wait-Until { @(Read-Manager $manager) -match '^READY=1\nSTATUS=Listening on 127\.0\.0\.1:\d+ for ' } 'it is ready'
            Wait-Until { @(@(Read-Manager $manager) -eq 'WATCHDOG=1').Count -ge 3 } 'it is alive'
            Send-Signal $run TERM
            Wait-End $run | Should -Be 0
            @(Read-Manager $manager)[-1] | Should -Be 'STOPPING=1'
            @($run.Lines)[0] | Should -Match '^<6>Listening on 127\.0\.0\.1:'
        }
        finally {
            Stop-Run $run
            $manager.Socket.Dispose()
            [IO.File]::Delete($manager.Path)
        }
    }
}

Describe 'What makes no sense is refused' {
    It '-<name> without what it belongs to' -ForEach @(@{ name = 'Interval'; value = 5 }, @{ name = 'PassThru'; value = $true }, @{ name = 'LogFormat'; value = 'Json' }, @{ name = 'AgentName'; value = 'x' }) {
        $given = @{ $name = $value }
        { Invoke-PandoraSync $site -Destination (New-Folder) @given } | Should -Throw "-$name *"
    }

    It 'an agent name that no file could have' {
        { Invoke-PandoraSync $site -Destination (New-Folder) -SelfMonitoring -AgentName '../x' } | Should -Throw "'../x' cannot be an agent's name*"
    }

    It 'a status of a directory that does not exist, by an error, and of one without runs, by a warning' {
        Get-PandoraSyncStatus '/nowhere/in' -ErrorAction SilentlyContinue -ErrorVariable problem | Should -BeNullOrEmpty
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'Tentacle.LocalFile*'
        $empty = New-Folder
        Get-PandoraSyncStatus $empty -WarningVariable warning -WarningAction SilentlyContinue | Should -BeNullOrEmpty
        "$warning" | Should -Be "No run into '$empty' has written anything down."
    }
}
