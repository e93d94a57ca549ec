BeforeAll {
    . ([IO.Path]::Combine($PSScriptRoot, 'Common.ps1'))

    # Starts a script beside this one, in a runspace with the module.
    function Start-Beside([string]$Script, $Arguments = @{}) {
        $state = [initialsessionstate]::CreateDefault2()
        $state.ImportPSModule($module)
        $shell = [powershell]::Create($state)
        $null = $shell.AddScript($Script).AddParameters($Arguments)
        [pscustomobject] @{ Shell = $shell; Output = [Management.Automation.PSDataCollection[psobject]]::new(); Running = $null } |
            ForEach-Object { $_.Running = $_.Shell.BeginInvoke([Management.Automation.PSDataCollection[psobject]]::new(), $_.Output); $_ }
    }

    # What Ctrl+C does. Stop() would wait without end for a cmdlet that does not stop.
    function Stop-Beside($Beside) {
        $stopping = $Beside.Shell.BeginStop($null, $null)
        $stopping.AsyncWaitHandle.WaitOne(30000) | Should -BeTrue -Because 'the pipeline ends'
        $Beside.Shell.InvocationStateInfo.State | Should -Be 'Stopped'
        $Beside.Shell.Dispose()
    }
}

Describe 'Ctrl+C' {
    BeforeAll { $silent = Start-FakeServer }
    AfterAll { Stop-FakeServer $silent }

    It 'ends a wait for a server that says nothing: <name>' -ForEach @(
        @{ name = 'Get-TentacleFile'; given = 0; more = '' }
        @{ name = 'Remove-TentacleFile'; given = 0; more = '-Name a.1.data' }
        @{ name = 'Send-TentacleFile'; given = 0; more = '-Path $File' }
        @{ name = 'Receive-TentacleBuffer'; given = 0; more = '-Destination $Folder' }
        @{ name = 'Invoke-PandoraSync'; given = 0; more = '-Destination $Folder' }
        @{ name = 'Test-TentacleServer'; given = 2; more = '' }) {
        $before = $silent.Asked.Count
        $beside = Start-Beside "param(`$Port, `$File, `$Folder) $name -ComputerName 127.0.0.1 -Port `$Port -TimeoutSec 600 $more" @{ Port = $silent.Port; File = New-File 'a.1.data' 'x'; Folder = New-Folder }
        Wait-Until { $silent.Asked.Count -gt $before } "$name asks"
        Stop-Beside $beside
        $beside.Output.Count | Should -Be $given -Because 'a name and a port are all that was found out'
    }

    It 'ends a server that is waited for, and frees its port' {
        $beside = Start-Beside 'param($Folder) Start-TentacleServer $Folder -Address 127.0.0.1 -Port 0 -Wait' @{ Folder = New-Folder }
        Wait-Until { Get-TentacleServer } 'the server runs'
        $port = (Get-TentacleServer).Port
        Test-TentacleServer 127.0.0.1 -Port $port -Quiet | Should -BeTrue
        Stop-Beside $beside
        Get-TentacleServer | Should -BeNullOrEmpty
        Test-TentacleServer 127.0.0.1 -Port $port -RetryCount 0 -Quiet | Should -BeFalse
    }

    It 'in a drain leaves each file whole on one side, and the next run brings the rest' {
        $buffer = New-Folder; $incoming = New-Folder
        foreach ($n in 1..1000) { [IO.File]::WriteAllText([IO.Path]::Combine($buffer, "agent.$n.data"), "measured $n") }
        $server = Start-TentacleServer $buffer -Address 127.0.0.1 -Port 0
        $beside = Start-Beside 'param($Site, $Folder) Invoke-PandoraSync $Site -Destination $Folder -Connections 1' @{ Site = "127.0.0.1:$($server.Port)"; Folder = $incoming }
        Wait-Until { @(Get-FileName $incoming).Count -gt 0 } 'files arrive'
        Stop-Beside $beside
        (Invoke-PandoraSync "127.0.0.1:$($server.Port)" -Destination $incoming).Succeeded | Should -BeTrue
        @(Get-FileName $incoming) | Should -HaveCount 1000
        @(Get-FileName $buffer) | Should -HaveCount 0
        foreach ($n in 1, 500, 1000) { [IO.File]::ReadAllText([IO.Path]::Combine($incoming, "agent.$n.data")) | Should -BeExactly "measured $n" }
        Stop-TentacleServer $server
    }
}

Describe 'Side by side' {
    BeforeAll {
        $folders = 1..4 | ForEach-Object { New-Folder }
        $servers = $folders | ForEach-Object { Start-TentacleServer $_ -Address 127.0.0.1 -Port 0 }
        $ports = $servers | ForEach-Object { $_.Port }
    }

    BeforeEach {
        foreach ($n in 0..3) { $null = New-File "agent$n.1760000001.data" "site $n" $folders[$n] }
        $incoming = New-Folder
    }

    AfterAll { $servers | Stop-TentacleServer }

    It 'ForEach-Object -Parallel drains sites' {
        $results = $ports | ForEach-Object -Parallel {
            Import-Module $using:module
            Invoke-PandoraSync "127.0.0.1:$_" -Destination ([IO.Directory]::CreateDirectory("$using:incoming/$_"))
        }
        $results.Succeeded | Should -Be $true, $true, $true, $true
        0..3 | ForEach-Object { Get-FileName "$incoming/$($ports[$_])" } | Should -Be 'agent0.1760000001.data', 'agent1.1760000001.data', 'agent2.1760000001.data', 'agent3.1760000001.data'
    }

    It 'ForEach-Object -Parallel shares a session' {
        $session = New-TentacleSession 127.0.0.1 -Port $ports[0]
        $names = 1..12 | ForEach-Object -ThrottleLimit 4 -Parallel {
            Import-Module $using:module
            (Get-TentacleFile -Session $using:session).Name
        }
        $names | Should -Be (@('agent0.1760000001.data') * 12)
        Remove-TentacleSession $session
    }

    It 'Start-ThreadJob brings the result' {
        $site = "127.0.0.1:$($ports[1])"
        $job = Start-ThreadJob { Import-Module $using:module; Invoke-PandoraSync $using:site -Destination $using:incoming }
        $result = $job | Receive-Job -Wait -AutoRemoveJob
        $result.Succeeded | Should -BeTrue
        $result.Files | Should -Be 1
    }

    It 'Start-Job brings the result from another process, and its errors with their ids' {
        $job = Start-Job { Import-Module $using:module; Invoke-PandoraSync "127.0.0.1:$($using:ports[2])", 127.0.0.1:1 -Destination $using:incoming -RetryCount 0 }
        $results = $job | Receive-Job -Wait -AutoRemoveJob -ErrorAction SilentlyContinue -ErrorVariable problems
        $results.Succeeded | Sort-Object | Should -Be $false, $true
        ($results | Where-Object Succeeded).Files | Should -Be 1
        $problems[0].FullyQualifiedErrorId | Should -BeLike 'Tentacle.Unreachable,*'
        $problems[0].CategoryInfo.Category | Should -Be 'ConnectionError'
        Get-FileName $incoming | Should -Be 'agent2.1760000001.data'
    }

    It 'Start-Job brings files whose names, times and lengths can be worked with' {
        $files = Start-Job { Import-Module $using:module; Get-TentacleFile -ComputerName 127.0.0.1 -Port $using:ports[3] -Detailed } | Receive-Job -Wait -AutoRemoveJob
        $files.Name | Should -Be 'agent3.1760000001.data'
        $files.Length | Should -Be 6
        $files.Time | Should -BeOfType ([datetime])
        $files | Select-Object Name, @{ Name = 'ComputerName'; Expression = { '127.0.0.1' } }, @{ Name = 'Port'; Expression = { $ports[3] } } | Remove-TentacleFile
        @(Get-FileName $folders[3]) | Should -HaveCount 0
    }
}

Describe 'The module taken out and put in again' {
    AfterEach { Import-Module $module }

    It 'with a server and a session at work stops the server, and has the session still' {
        $buffer = New-Folder
        $server = Start-TentacleServer $buffer -Address 127.0.0.1 -Port 0
        $null = New-TentacleSession 127.0.0.1 -Port $server.Port -Name lasting
        Remove-Module PandoraSync
        Get-Module PandoraSync | Should -BeNullOrEmpty
        Import-Module $module
        Get-TentacleServer | Should -BeNullOrEmpty
        $server.State | Should -Be 'Stopped'
        $again = Start-TentacleServer $buffer -Address 127.0.0.1 -Port $server.Port
        New-File 'a.1.data' 'x' | Send-TentacleFile -Session lasting
        Get-FileName $buffer | Should -Be 'a.1.data'
        Remove-TentacleSession lasting
        Stop-TentacleServer $again
        Get-TentacleServer | Should -BeNullOrEmpty
    }
}
