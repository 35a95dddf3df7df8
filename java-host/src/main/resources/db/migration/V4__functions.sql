-- One task, one writer at a time: whoever moves a task or a step of it holds this lock until the transaction ends.
create function tasker.lock_task(p_task uuid) returns void language sql as $$
  select pg_advisory_xact_lock(hashtextextended(p_task::text, 0));
$$;

create function tasker.move_task(p_task uuid, p_to text, p_processor text, p_metadata jsonb default '{}')
returns void language plpgsql as $$
declare
  v_from text;
  v_sort int;
begin
  update tasker.task_transitions set most_recent = false
    where task_uuid = p_task and most_recent returning to_state, sort_key into v_from, v_sort;
  if v_from is not null and not exists
      (select 1 from tasker.task_state_edges where from_state = v_from and to_state = p_to) then
    raise exception 'a task cannot go from % to %', v_from, p_to using errcode = 'TB001';
  end if;
  insert into tasker.task_transitions (task_uuid, sort_key, from_state, to_state, most_recent, processor, metadata)
    values (p_task, coalesce(v_sort, 0) + 1, v_from, p_to, true, p_processor, p_metadata);
  if p_to in ('complete', 'error', 'cancelled', 'resolved_manually') then
    update tasker.tasks set completed_at = clock_timestamp() where task_uuid = p_task;
  elsif v_from = 'error' then
    update tasker.tasks set completed_at = null, finalization_claimed_by = null where task_uuid = p_task;
  end if;
end $$;

create function tasker.move_step(p_step uuid, p_to text, p_processor text, p_metadata jsonb default '{}')
returns void language plpgsql as $$
declare
  v_from text;
  v_sort int;
begin
  update tasker.workflow_step_transitions set most_recent = false
    where step_uuid = p_step and most_recent returning to_state, sort_key into v_from, v_sort;
  if v_from is not null and not exists
      (select 1 from tasker.step_state_edges where from_state = v_from and to_state = p_to) then
    raise exception 'a step cannot go from % to %', v_from, p_to using errcode = 'TB001';
  end if;
  insert into tasker.workflow_step_transitions
      (step_uuid, sort_key, from_state, to_state, most_recent, processor, metadata)
    values (p_step, coalesce(v_sort, 0) + 1, v_from, p_to, true, p_processor, p_metadata);
end $$;

-- Compare and swap: false when the task is not in p_from any more. An illegal edge is an error.
create function tasker.transition_task_state_atomic(
  p_task uuid, p_from text, p_to text, p_processor text, p_metadata jsonb default '{}')
returns boolean language plpgsql as $$
declare
  v_current text;
begin
  select to_state into v_current from tasker.task_transitions where task_uuid = p_task and most_recent for update;
  if v_current is distinct from p_from then
    return false;
  end if;
  perform tasker.move_task(p_task, p_to, p_processor, p_metadata);
  return true;
end $$;

-- Each step's readiness, computed over the whole task even when only some steps are asked for.
create function tasker.get_step_readiness_status(p_task uuid, p_steps uuid[] default null)
returns table (
  step_uuid uuid, task_uuid uuid, name text, current_state text, dependencies_satisfied boolean,
  retry_eligible boolean, ready_for_execution boolean, last_failure_at timestamptz, next_retry_at timestamptz,
  total_parents int, completed_parents int, attempts int, max_attempts int, last_attempted_at timestamptz)
language sql stable as $$
  with states as (
    select s.*, t.to_state, case when t.to_state = 'error' then t.created_at end as failed_at
    from tasker.workflow_steps s
    join tasker.workflow_step_transitions t on t.step_uuid = s.step_uuid and t.most_recent
    where s.task_uuid = p_task
  ), parents as (
    select e.to_step_uuid, count(*)::int as total,
      (count(*) filter (where p.to_state in ('complete', 'resolved_manually')))::int as done
    from tasker.workflow_step_edges e
    join states p on p.step_uuid = e.from_step_uuid
    group by e.to_step_uuid
  ), facts as (
    select s.*, coalesce(p.total, 0) as total, coalesce(p.done, 0) as done,
      coalesce(p.total, 0) = coalesce(p.done, 0) as satisfied,
      s.attempts = 0 or (s.retryable and s.attempts < s.max_attempts) as eligible
    from states s left join parents p on p.to_step_uuid = s.step_uuid
  )
  select f.step_uuid, f.task_uuid, f.name, f.to_state, f.satisfied, f.eligible,
    f.to_state in ('pending', 'waiting_for_retry') and f.satisfied and f.eligible
      and coalesce(f.next_retry_at, '-infinity') <= clock_timestamp(),
    f.failed_at, f.next_retry_at, f.total, f.done, f.attempts, f.max_attempts, f.last_attempted_at
  from facts f
  where p_steps is null or f.step_uuid = any (p_steps)
  order by f.position;
$$;

create function tasker.get_task_execution_context(p_task uuid)
returns table (
  task_uuid uuid, current_state text, total_steps int, pending_steps int, running_steps int, waiting_steps int,
  completed_steps int, failed_steps int, cancelled_steps int, ready_steps int, completion_percentage numeric,
  execution_status text, recommended_action text)
language sql stable as $$
  with c as (
    select count(*)::int as total,
      (count(*) filter (where r.current_state = 'pending'))::int as pending,
      (count(*) filter (where r.current_state in ('enqueued', 'in_progress', 'enqueued_for_orchestration',
        'enqueued_as_error_for_orchestration')))::int as running,
      (count(*) filter (where r.current_state = 'waiting_for_retry'))::int as waiting,
      (count(*) filter (where r.current_state in ('complete', 'resolved_manually')))::int as completed,
      (count(*) filter (where r.current_state = 'error'))::int as failed,
      (count(*) filter (where r.current_state = 'cancelled'))::int as cancelled,
      (count(*) filter (where r.ready_for_execution))::int as ready
    from tasker.get_step_readiness_status(p_task) r
  ), verdict as (
    select c.*, case
        when c.ready > 0 then 'has_ready_steps'
        when c.running > 0 or c.waiting > 0 then 'processing'
        when c.failed > 0 then 'blocked_by_failures'
        when c.completed + c.cancelled = c.total then 'all_complete'
        else 'waiting_for_dependencies' end as status
    from c
  )
  select p_task, t.to_state, v.total, v.pending, v.running, v.waiting, v.completed, v.failed, v.cancelled, v.ready,
    case when v.total = 0 then 100 else round(100.0 * v.completed / v.total, 1) end,
    v.status,
    case v.status
      when 'has_ready_steps' then 'execute_ready_steps'
      when 'processing' then 'wait_for_completion'
      when 'blocked_by_failures' then 'handle_failures'
      when 'all_complete' then 'finalize_task'
      else 'wait_for_dependencies' end
  from verdict v
  join tasker.task_transitions t on t.task_uuid = p_task and t.most_recent;
$$;

-- Tasks with steps that nobody has enqueued yet. Locks the tasks it returns, so two callers never get the same one.
create function tasker.get_next_ready_tasks(
  p_limit int default 5, p_namespaces text[] default '{}', p_hourly_gain double precision default 0.1,
  p_decay interval default interval '12 hours')
returns table (
  task_uuid uuid, task_name text, namespace text, current_state text, ready_steps_count int,
  computed_priority double precision)
language sql as $$
  with candidates as (
    select t.task_uuid, nt.name, nt.namespace, tr.to_state, t.priority,
      extract(epoch from clock_timestamp() - tr.created_at) as age
    from tasker.task_transitions tr
    join tasker.tasks t on t.task_uuid = tr.task_uuid
    join tasker.named_tasks nt on nt.named_task_uuid = t.named_task_uuid
    where tr.most_recent
      and tr.to_state not in ('complete', 'error', 'cancelled', 'resolved_manually')
      and tr.to_state in ('pending', 'waiting_for_dependencies', 'waiting_for_retry')
      and (cardinality(p_namespaces) = 0 or nt.namespace = any (p_namespaces))
      -- case, since it keeps the order: the whole task is looked at only where a step is pending
      and case when exists (
            select 1 from tasker.workflow_steps s
            join tasker.workflow_step_transitions st on st.step_uuid = s.step_uuid
            where s.task_uuid = t.task_uuid and st.most_recent and st.to_state = 'pending')
          then exists (
            select 1 from tasker.get_step_readiness_status(t.task_uuid) r
            where r.ready_for_execution and r.current_state = 'pending')
          else false end
    order by t.priority desc, tr.created_at
    limit p_limit
    for update of t skip locked
  )
  select c.task_uuid, c.name, c.namespace, c.to_state,
    (select count(*)::int from tasker.get_step_readiness_status(c.task_uuid) r
       where r.ready_for_execution and r.current_state = 'pending'),
    case when c.age < 3600 then c.priority + p_hourly_gain * c.age / 3600
         when c.age < 86400 then c.priority * exp(-c.age / extract(epoch from p_decay))
         else 0.1 end
  from candidates c
  order by 6 desc;
$$;

-- One winner. The claim of a worker that died is free again after the timeout.
create function tasker.claim_task_for_finalization(
  p_task uuid, p_processor text, p_timeout interval default interval '30 seconds')
returns table (claimed boolean, already_claimed_by text, task_state text, message text) language plpgsql as $$
declare
  v_by text;
  v_at timestamptz;
  v_state text;
  v_done int;
begin
  select t.finalization_claimed_by, t.finalization_claimed_at into v_by, v_at
    from tasker.tasks t where t.task_uuid = p_task for update;
  if not found then
    return query select false, null::text, null::text, 'there is no such task';
    return;
  end if;
  select tr.to_state into v_state from tasker.task_transitions tr where tr.task_uuid = p_task and tr.most_recent;
  if v_state in ('complete', 'error', 'cancelled', 'resolved_manually') then
    return query select false, v_by, v_state, 'the task is at its end';
    return;
  end if;
  select count(*) into v_done from tasker.workflow_steps s
    join tasker.workflow_step_transitions st on st.step_uuid = s.step_uuid and st.most_recent
    where s.task_uuid = p_task and st.to_state in ('complete', 'resolved_manually', 'error', 'cancelled');
  if v_done = 0 then
    return query select false, v_by, v_state, 'no step of the task is at its end';
    return;
  end if;
  if v_by is not null and v_by <> p_processor and v_at + p_timeout > clock_timestamp() then
    return query select false, v_by, v_state, 'another worker finalizes the task';
    return;
  end if;
  update tasker.tasks t set finalization_claimed_by = p_processor, finalization_claimed_at = clock_timestamp()
    where t.task_uuid = p_task;
  return query select true, null::text, v_state,
    case when v_by = p_processor then 'claim extended' else 'claimed' end;
end $$;

-- A new task with its steps, all pending; the first transition row is made here.
create function tasker.create_task(
  p_task uuid, p_named_task uuid, p_context json, p_on_failure text, p_correlation uuid, p_parent_correlation uuid,
  p_traceparent text, p_tracestate text, p_baggage text, p_steps json, p_processor text)
returns void language plpgsql as $$
begin
  insert into tasker.tasks (task_uuid, named_task_uuid, context, on_failure, correlation_id, parent_correlation_id,
      traceparent, tracestate, baggage)
    values (p_task, p_named_task, p_context, p_on_failure, p_correlation, p_parent_correlation, p_traceparent,
      p_tracestate, p_baggage);
  insert into tasker.workflow_steps (step_uuid, task_uuid, name, handler, position, config, max_attempts, backoff_ms,
      max_backoff_ms, jitter, timeout_ms)
    select s.step_uuid, p_task, s.name, s.handler, s.position, s.config, s.max_attempts, s.backoff_ms,
      s.max_backoff_ms, s.jitter, s.timeout_ms
    from json_to_recordset(p_steps) as s (step_uuid uuid, name text, handler text, position int, config json,
      max_attempts int, backoff_ms bigint, max_backoff_ms bigint, jitter double precision, timeout_ms bigint);
  insert into tasker.workflow_step_edges (from_step_uuid, to_step_uuid)
    select d.value::uuid, s.step_uuid
    from json_to_recordset(p_steps) as s (step_uuid uuid, depends_on json),
      json_array_elements_text(s.depends_on) d;
  insert into tasker.workflow_step_transitions (step_uuid, sort_key, from_state, to_state, most_recent, processor)
    select s.step_uuid, 1, null, 'pending', true, p_processor
    from json_to_recordset(p_steps) as s (step_uuid uuid);
  perform tasker.move_task(p_task, 'pending', p_processor);
  perform tasker.move_task(p_task, 'initializing', p_processor);
end $$;

-- Hands ready steps to the engine. The caller holds the task's lock.
create function tasker.enqueue_steps(p_task uuid, p_steps uuid[], p_processor text)
returns void language plpgsql as $$
declare
  v_step uuid;
  v_namespace text;
  v_priority smallint;
  v_state text;
begin
  select nt.namespace, t.priority into v_namespace, v_priority
    from tasker.tasks t join tasker.named_tasks nt on nt.named_task_uuid = t.named_task_uuid
    where t.task_uuid = p_task;
  select to_state into v_state from tasker.task_transitions where task_uuid = p_task and most_recent;
  if v_state = 'pending' then
    perform tasker.move_task(p_task, 'initializing', p_processor);
  elsif v_state = 'waiting_for_dependencies' then
    perform tasker.move_task(p_task, 'evaluating_results', p_processor);
  end if;
  perform tasker.move_task(p_task, 'enqueuing_steps', p_processor);
  foreach v_step in array p_steps loop
    perform tasker.move_step(v_step, 'enqueued', p_processor);
    insert into tasker.scheduled_tasks (task_name, task_instance, execution_time, picked, version, priority, namespace)
      values ('step', v_step::text, clock_timestamp(), false, 1, v_priority, v_namespace);
  end loop;
  perform tasker.move_task(p_task, 'steps_in_process', p_processor);
  perform pg_notify('tasker_steps', v_namespace);
end $$;

-- Gives a picked step to a worker. An empty answer: there is nothing to do for it. A step that is still in progress
-- here belonged to a worker that died; when that was its last attempt, verdict is 'lost' and the step has failed.
create function tasker.claim_step(p_step uuid, p_processor text)
returns table (
  verdict text, claim int, task_uuid uuid, correlation_id uuid, parent_correlation_id uuid, namespace text,
  task_name text, step_name text, handler text, attempt int, max_attempts int, backoff_ms bigint,
  max_backoff_ms bigint, jitter double precision, timeout_ms bigint, context json, config json, checkpoint json,
  dependency_results json, traceparent text, tracestate text, baggage text, attempt_traceparent text,
  enqueued_at timestamptz)
language plpgsql as $$
declare
  v_task uuid;
  v_state text;
  v_task_state text;
  v_attempts int;
  v_max int;
  v_verdict text := 'claimed';
begin
  select s.task_uuid into v_task from tasker.workflow_steps s where s.step_uuid = p_step;
  if not found then
    delete from tasker.scheduled_tasks q where q.task_name = 'step' and q.task_instance = p_step::text;
    return;
  end if;
  perform tasker.lock_task(v_task);
  select t.to_state into v_state from tasker.workflow_step_transitions t where t.step_uuid = p_step and t.most_recent;
  select s.attempts, s.max_attempts into v_attempts, v_max from tasker.workflow_steps s where s.step_uuid = p_step;
  select t.to_state into v_task_state from tasker.task_transitions t where t.task_uuid = v_task and t.most_recent;
  if v_state not in ('enqueued', 'waiting_for_retry', 'in_progress')
      or v_task_state in ('complete', 'error', 'cancelled', 'resolved_manually') then
    delete from tasker.scheduled_tasks q where q.task_name = 'step' and q.task_instance = p_step::text;
    return;
  end if;
  if v_state = 'in_progress' then
    if v_attempts >= v_max then
      v_verdict := 'lost';
    else
      perform tasker.move_step(p_step, 'waiting_for_retry', p_processor, '{"reason": "worker_lost"}');
      v_state := 'waiting_for_retry';
    end if;
  end if;
  if v_state = 'waiting_for_retry' then
    perform tasker.move_step(p_step, 'pending', p_processor);
    perform tasker.move_step(p_step, 'enqueued', p_processor);
    if v_task_state = 'waiting_for_retry' then
      perform tasker.move_task(v_task, 'enqueuing_steps', p_processor);
      perform tasker.move_task(v_task, 'steps_in_process', p_processor);
    end if;
  end if;
  if v_verdict = 'claimed' then
    perform tasker.move_step(p_step, 'in_progress', p_processor);
    update tasker.workflow_steps s set attempts = s.attempts + 1, claims = s.claims + 1,
        last_attempted_at = clock_timestamp(), next_retry_at = null
      where s.step_uuid = p_step;
  end if;
  return query
    select v_verdict, s.claims, t.task_uuid, t.correlation_id, t.parent_correlation_id, nt.namespace, nt.name, s.name,
      s.handler, s.attempts, s.max_attempts, s.backoff_ms, s.max_backoff_ms, s.jitter, s.timeout_ms, t.context,
      s.config, s.checkpoint,
      (select coalesce(json_object_agg(p.name, p.results), '{}')
         from tasker.workflow_step_edges e join tasker.workflow_steps p on p.step_uuid = e.from_step_uuid
         where e.to_step_uuid = p_step),
      t.traceparent, t.tracestate, t.baggage, s.attempt_traceparent,
      (select q.enqueued_at from tasker.scheduled_tasks q where q.task_name = 'step' and q.task_instance = p_step::text)
    from tasker.workflow_steps s
    join tasker.tasks t on t.task_uuid = s.task_uuid
    join tasker.named_tasks nt on nt.named_task_uuid = t.named_task_uuid
    where s.step_uuid = p_step;
end $$;

-- Writes one attempt's outcome, takes the step off the engine's table or puts it back there for later, and leaves the
-- task's lock held. p_outcome: success, error (with p_retryable), timeout, checkpoint, cancelled, worker_lost.
-- applied is false when the claim is not the latest one: the outcome of a worker that was taken for dead.
create function tasker.complete_step(
  p_step uuid, p_claim int, p_outcome text, p_retryable boolean, p_delay_ms bigint, p_result json, p_metadata json,
  p_error_type text, p_error_message text, p_error_code text, p_error_backtrace text, p_traceparent text,
  p_processor text)
returns table (applied boolean, step_state text, task_state text) language plpgsql as $$
declare
  v_step tasker.workflow_steps%rowtype;
  v_task uuid;
  v_state text;
  v_task_state text;
  v_next text;
  v_others int;
begin
  select s.task_uuid into v_task from tasker.workflow_steps s where s.step_uuid = p_step;
  perform tasker.lock_task(v_task);
  select * into v_step from tasker.workflow_steps s where s.step_uuid = p_step;
  select t.to_state into v_state from tasker.workflow_step_transitions t where t.step_uuid = p_step and t.most_recent;
  select t.to_state into v_task_state from tasker.task_transitions t where t.task_uuid = v_task and t.most_recent;
  if v_step.claims <> p_claim or v_state <> 'in_progress' then
    return query select false, v_state, v_task_state;
    return;
  end if;

  insert into tasker.workflow_step_result_audit (task_uuid, step_uuid, attempt, outcome, error_type, error_message,
      processor, traceparent, started_at)
    values (v_task, p_step, v_step.attempts, p_outcome, p_error_type, p_error_message, p_processor, p_traceparent,
      v_step.last_attempted_at);

  if p_outcome = 'success' then
    perform tasker.move_step(p_step, 'enqueued_for_orchestration', p_processor);
    v_next := 'complete';
    update tasker.workflow_steps s set results = p_result, result_metadata = p_metadata, checkpoint = null,
        error_type = null, error_message = null, error_code = null, error_backtrace = null
      where s.step_uuid = p_step;
  elsif p_outcome in ('checkpoint', 'cancelled') then
    -- the step gave its place up by itself or for a worker that stops: that is no attempt spent
    v_next := 'waiting_for_retry';
    update tasker.workflow_steps s set attempts = s.attempts - 1,
        checkpoint = case when p_outcome = 'checkpoint' then p_result else s.checkpoint end
      where s.step_uuid = p_step;
  else
    perform tasker.move_step(p_step, 'enqueued_as_error_for_orchestration', p_processor);
    v_next := case when p_retryable and v_step.attempts < v_step.max_attempts then 'waiting_for_retry' else 'error' end;
    update tasker.workflow_steps s set retryable = p_retryable, result_metadata = p_metadata,
        error_type = p_error_type, error_message = p_error_message, error_code = p_error_code,
        error_backtrace = p_error_backtrace
      where s.step_uuid = p_step;
  end if;
  update tasker.workflow_steps s set attempt_traceparent = coalesce(p_traceparent, s.attempt_traceparent)
    where s.step_uuid = p_step;
  perform tasker.move_step(p_step, v_next, p_processor, jsonb_build_object('outcome', p_outcome));

  if v_next = 'waiting_for_retry' then
    update tasker.workflow_steps s
      set next_retry_at = clock_timestamp() + p_delay_ms * interval '1 millisecond' where s.step_uuid = p_step;
    update tasker.scheduled_tasks q set picked = false, picked_by = null, last_heartbeat = null,
        version = q.version + 1, enqueued_at = clock_timestamp(),
        execution_time = clock_timestamp() + p_delay_ms * interval '1 millisecond'
      where q.task_name = 'step' and q.task_instance = p_step::text;
    select count(*) into v_others from tasker.workflow_steps s
      join tasker.workflow_step_transitions t on t.step_uuid = s.step_uuid and t.most_recent
      where s.task_uuid = v_task and t.to_state in ('enqueued', 'in_progress');
    if v_others = 0 and v_task_state = 'steps_in_process' then
      perform tasker.move_task(v_task, 'waiting_for_retry', p_processor);
      v_task_state := 'waiting_for_retry';
    end if;
    if p_delay_ms <= 0 then
      perform pg_notify('tasker_steps', '');
    end if;
  else
    delete from tasker.scheduled_tasks q where q.task_name = 'step' and q.task_instance = p_step::text;
    if v_next = 'error' then
      insert into tasker.tasks_dlq (task_uuid, step_uuid, reason, error_type, error_message)
        values (v_task, p_step,
          case when p_outcome = 'worker_lost' then 'worker_unavailable'
               when p_retryable then 'max_retries_exceeded' else 'permanent_failure' end,
          p_error_type, p_error_message);
    end if;
    if v_task_state in ('steps_in_process', 'waiting_for_dependencies') then
      perform tasker.move_task(v_task, 'evaluating_results', p_processor);
      v_task_state := 'evaluating_results';
    end if;
  end if;
  return query select true, v_next, v_task_state;
end $$;

-- The task will be finalized, by the caller now or, if the caller dies, by any worker later.
create function tasker.request_finalization(p_task uuid, p_after interval default interval '30 seconds')
returns void language sql as $$
  insert into tasker.scheduled_tasks (task_name, task_instance, execution_time, picked, version)
    values ('finalize', p_task::text, clock_timestamp() + p_after, false, 1)
    on conflict do nothing;
$$;
