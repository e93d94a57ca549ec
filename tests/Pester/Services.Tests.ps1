BeforeDiscovery {
    $systemd = [bool] (Get-Command systemd-analyze -CommandType Application -ErrorAction Ignore)
}

BeforeAll {
    . ([IO.Path]::Combine($PSScriptRoot, 'Common.ps1'))
    $shell = Get-Shell
    # Each test registers in a folder of its own, as for an image: whatever runs services on this machine is left alone.
    function New-Place {
        $place = @{ Units = New-Folder; Incoming = New-Folder; Buffer = New-Folder }
        $place.Sync = New-File 'pandora_server.conf' "syncserver 1`nsync_address 127.0.0.1:41121`nincomingdir $($place.Incoming)`n"
        $place.Server = New-File 'tentacle_server.conf' "directory $($place.Buffer)`naddresses 127.0.0.1`ninsecure 1`n"
        $place
    }
    function Register($Place, [hashtable]$More = @{}) { Register-PandoraSyncService -Sync -ConfigPath $Place.Sync -Directory $Place.Units -WarningAction Ignore @More }
    function Read-Unit($Path, $Key) { [IO.File]::ReadAllLines($Path) | Where-Object { $_ -like "$Key=*" } | ForEach-Object { $_.Substring($Key.Length + 1) } }
    function Get-Said($Script) {
        $text = "Import-Module '$module'; $Script"
        (& $shell[0] @($shell[1..9]) -NonInteractive -Command $text 2>&1 | ForEach-Object { "$_" }) -join "`n"
    }
}

Describe 'A service of systemd' {
    It 'is written once, and registering it again changes nothing' {
        $place = New-Place
        $first = Register $place
        $first.HasChanged | Should -BeTrue
        $first.Name, $first.End, $first.Schedule, $first.Subject, $first.IsEdited | Should -Be 'pandorasync-sync', 'Sync', 'always', $place.Sync, $false
        $path = [IO.Path]::Combine($place.Units, 'pandorasync-sync.service')
        $text = [IO.File]::ReadAllText($path)
        (Register $place).HasChanged | Should -BeFalse
        [IO.File]::ReadAllText($path) | Should -BeExactly $text
        $changed = Register $place @{ Interval = 30; User = 'pandora'; Group = 'apache'; MemoryMax = 256MB }
        $changed.HasChanged | Should -BeTrue
        Read-Unit $path 'ExecStart' | Should -Match "Invoke-PandoraSync -ConfigPath '.*' -Continuous -Interval 30 -LogFormat Journal`"`$"
        Read-Unit $path 'User', 'SupplementaryGroups', 'MemoryMax' | Should -BeNullOrEmpty
        foreach ($line in 'User=pandora', 'SupplementaryGroups=apache', 'MemoryMax=268435456', "ReadWritePaths=`"$($place.Incoming)`"", 'Type=notify', 'WatchdogSec=180', 'Environment=DOTNET_SYSTEM_NET_SECURITY_TLSCACHESIZE=20000') { [IO.File]::ReadAllLines($path) | Should -Contain $line }
        @(Get-FileName $place.Units).Count | Should -Be 1
    }

    It 'has itself monitored as it was told, and may write the file of metrics' {
        $place = New-Place
        $metrics = [IO.Path]::Combine((New-Folder), 'pandorasync.prom')
        $made = Register $place @{ SelfMonitoring = $true; AgentName = 'collector-1'; AgentGroup = 'It''s ours'; MetricsPath = $metrics }
        Read-Unit $made.Path[0] 'ExecStart' | Should -Match "-SelfMonitoring -AgentName 'collector-1' -AgentGroup 'It''s ours' -MetricsPath '[^']*pandorasync\.prom' -Continuous"
        Read-Unit $made.Path[0] 'ReadWritePaths' | Should -Be "`"$($place.Incoming)`" `"$([IO.Path]::GetDirectoryName($metrics))`""
        { Register $place @{ AgentName = 'x' } } | Should -Throw '-AgentName and -AgentGroup say which agent*'
        { Register $place @{ SelfMonitoring = $true; AgentName = '../x' } } | Should -Throw "'../x' cannot be an agent's name*"
    }

    It 'is hardened, and correct to systemd-analyze: <what>' -Skip:(-not $systemd) -ForEach @(
        @{ what = 'the sync server'; more = @{ Sync = $true } }, @{ what = 'the sync server by a timer'; more = @{ Sync = $true; OneShot = $true; Interval = 300 } }
        @{ what = 'a worker'; more = @{ Sync = $true; Worker = 2; WorkerCount = 4 } }, @{ what = 'a server'; more = @{ Server = $true } }
        @{ what = 'a server on a low port'; more = @{ Server = $true; Options = '-p 443' } }) {
        $place = New-Place
        $made = Register-PandoraSyncService -ConfigPath $(if ($more.Server) { $place.Server } else { $place.Sync }) -Directory $place.Units -WarningAction Ignore @more
        $said = & systemd-analyze verify @($made.Path) 2>&1
        "$said" | Should -BeNullOrEmpty
        $LASTEXITCODE | Should -Be 0
        $rating = (& systemd-analyze security --offline=true --no-pager $made.Path[0])[-1]
        $rating | Should -Match 'exposure level for .*: (?<level>\d\.\d)'
        [double] ([regex]::Match($rating, '\d\.\d').Value) | Should -BeLessThan 2.5
    }

    It 'starts what it was told, whatever characters are in the paths' -Skip:(-not $systemd) {
        $place = New-Place
        $folder = [IO.Directory]::CreateDirectory([IO.Path]::Combine((New-Folder), "100% of `$HOME, it`u{2019}s `"a' b`"")).FullName
        $conf = [IO.Path]::Combine($folder, 'p.conf')
        [IO.File]::Copy($place.Sync, $conf)
        $made = Register-PandoraSyncService -Sync -ConfigPath $conf -Directory $place.Units -WarningAction Ignore
        "$(& systemd-analyze verify @($made.Path) 2>&1)" | Should -BeNullOrEmpty
        # What systemd makes of the line: words in quotation marks, backslashes, and doubled % and $.
        $words = [regex]::Matches((Read-Unit $made.Path[0] 'ExecStart'), '"((?:[^"\\]|\\.)*)"') | ForEach-Object { $_.Groups[1].Value -replace '\\(.)', '$1' -replace '%%', '%' -replace '\$\$', '$' }
        $errors = $null
        $tree = [Management.Automation.Language.Parser]::ParseInput($words[-1], [ref] $null, [ref] $errors)
        $errors | Should -BeNullOrEmpty
        $texts = $tree.FindAll({ $args[0] -is [Management.Automation.Language.StringConstantExpressionAst] }, $true) | ForEach-Object { $_.Value }
        $texts | Should -Contain $conf
    }

    It 'is one that a timer starts, with -OneShot, and the timer goes when that ends' {
        $place = New-Place
        $made = Register $place @{ OneShot = $true; Interval = 300 }
        $made.Schedule | Should -Be 'every 300 s'
        Get-FileName $place.Units | Should -Be 'pandorasync-sync.service', 'pandorasync-sync.timer'
        $timer = [IO.Path]::Combine($place.Units, 'pandorasync-sync.timer')
        Read-Unit $timer 'OnUnitInactiveSec' | Should -Be '300'
        Read-Unit $timer 'RandomizedDelaySec' | Should -Be '30'
        Read-Unit ([IO.Path]::Combine($place.Units, 'pandorasync-sync.service')) 'Type' | Should -Be 'oneshot'
        (Register $place).HasChanged | Should -BeTrue
        Get-FileName $place.Units | Should -Be 'pandorasync-sync.service'
    }

    It 'is only shown with -WhatIf, text and all, for <manager>' -ForEach @(@{ manager = 'Systemd'; has = '\[Service\][\s\S]*ExecStart=' }, @{ manager = 'TaskScheduler'; has = '<Exec>[\s\S]*<Arguments>' }) {
        $place = New-Place
        $said = Get-Said "Register-PandoraSyncService -Sync -ConfigPath '$($place.Sync)' -Directory '$($place.Units)' -Manager $manager -WhatIf -WarningAction Ignore"
        $said | Should -Match $has
        $said | Should -Match ([regex]::Escape($place.Sync))
        Get-FileName $place.Units | Should -BeNullOrEmpty
    }

    It 'is left alone once somebody has edited it, and replaced or removed with -Force' {
        $place = New-Place
        $path = (Register $place).Path[0]
        [IO.File]::AppendAllText($path, "# a note`n")
        (Get-PandoraSyncService -Directory $place.Units).IsEdited | Should -BeTrue
        { Register $place } | Should -Throw '*was edited since it was registered and is not written*'
        { Unregister-PandoraSyncService pandorasync-sync -Directory $place.Units -ErrorAction Stop } | Should -Throw '*was edited since it was registered and is not removed*'
        [IO.File]::ReadAllText($path) | Should -Match '# a note'
        (Register $place @{ Force = $true }).IsEdited | Should -BeFalse
        [IO.File]::AppendAllText($path, "# a note`n")
        Unregister-PandoraSyncService pandorasync-sync -Directory $place.Units -Force
        Get-FileName $place.Units | Should -BeNullOrEmpty
    }

    It 'never replaces a unit of somebody else' {
        $place = New-Place
        $path = New-File 'pandorasync-sync.service' "[Service]`nExecStart=/bin/true`n" $place.Units
        { Register $place } | Should -Throw '*was not made by Register-PandoraSyncService and is not written*'
        Get-PandoraSyncService -Directory $place.Units | Should -BeNullOrEmpty
        Unregister-PandoraSyncService pandorasync-sync -Directory $place.Units
        [IO.File]::ReadAllText($path) | Should -BeExactly "[Service]`nExecStart=/bin/true`n"
    }

    It 'is found by its name, removed, and removing it again is no error' {
        $place = New-Place
        $null = Register $place
        $null = Register-PandoraSyncService -Server -ConfigPath $place.Server -Directory $place.Units -WarningAction Ignore
        (Get-PandoraSyncService -Directory $place.Units).Name | Should -Be 'pandorasync-server', 'pandorasync-sync'
        (Get-PandoraSyncService *server -Directory $place.Units).End | Should -Be 'Server'
        { Get-PandoraSyncService other -Directory $place.Units -ErrorAction Stop } | Should -Throw "*No service 'other'*"
        Get-PandoraSyncService -Directory $place.Units | Unregister-PandoraSyncService -Directory $place.Units
        Get-FileName $place.Units | Should -BeNullOrEmpty
        Unregister-PandoraSyncService pandorasync-sync -Directory $place.Units
    }

    It 'is refused in one sentence where <why>' -ForEach @(
        @{ why = 'the configuration is wrong'; more = @{ Sync = $true; ConfigPath = '/nowhere/p.conf' }; said = "*'/nowhere/p.conf' does not exist*" }
        @{ why = 'the name is none'; more = @{ Sync = $true; Name = '../x' }; said = "'../x' cannot be the name of a service*" }
        @{ why = 'the user is none'; more = @{ Sync = $true; User = "a`nExecStart=/bin/sh" }; said = '*cannot be the name of a user*' }
        @{ why = 'the worker is outside the count'; more = @{ Sync = $true; Worker = 9; WorkerCount = 8 }; said = '-Worker says worker 9*' }
        @{ why = 'a server has nothing to keep'; more = @{ Server = $true }; said = 'Nothing says what the server keeps*' }
        @{ why = 'everybody could read the password'; more = @{ Server = $true; Options = '-s /tmp -x secret' }; said = 'The options have a password*' }) {
        $place = New-Place
        if ($more.Sync -and -not $more.ConfigPath) { $more.ConfigPath = $place.Sync }
        { Register-PandoraSyncService -Directory $place.Units -WarningAction Ignore @more } | Should -Throw $said
        Get-FileName $place.Units | Should -BeNullOrEmpty
    }

    It 'is warned of where the service could not see what it needs' {
        $place = New-Place
        $warnings = $null
        $null = Register-PandoraSyncService -Sync -ConfigPath $place.Sync -Directory $place.Units -WritablePath /home/somebody -WarningVariable warnings -WarningAction SilentlyContinue
        "$warnings" | Should -Match "The service cannot see '/home/somebody'"
    }
}

Describe 'A task of the Task Scheduler' {
    It 'is a document that starts what it was told, and is told apart from an edited one' {
        $place = New-Place
        $made = Register $place @{ Manager = 'TaskScheduler'; OneShot = $true; Interval = 300 }
        $made.Manager, $made.End, $made.Schedule, $made.Subject | Should -Be 'Task Scheduler', 'Sync', 'every 300 s', $place.Sync
        $task = ([xml] [IO.File]::ReadAllText($made.Path[0])).Task
        $task.Actions.Exec.Arguments | Should -Match '-NoProfile -NonInteractive -Command "Import-Module .*; Invoke-PandoraSync -ConfigPath .*"$'
        $task.Triggers.TimeTrigger.Repetition.Interval, $task.Triggers.TimeTrigger.RandomDelay | Should -Be 'PT300S', 'PT30S'
        $task.Principals.Principal.UserId, $task.Principals.Principal.RunLevel | Should -Be 'S-1-5-20', 'LeastPrivilege'
        (Register $place @{ Manager = 'TaskScheduler'; OneShot = $true; Interval = 300 }).HasChanged | Should -BeFalse
        [IO.File]::WriteAllText($made.Path[0], [IO.File]::ReadAllText($made.Path[0]).Replace('PT300S', 'PT10S'))
        (Get-PandoraSyncService -Manager TaskScheduler -Directory $place.Units).IsEdited | Should -BeTrue
        { Register $place @{ Manager = 'TaskScheduler' } } | Should -Throw '*was edited*'
    }
}
