import type { FormInstance } from 'antd';
import { useState } from 'react';
import { faultsByField, problemOf, type Fault, type Step } from '../api/problem';
import { useProblemWords } from '../i18n/useProblemWords';

/** A field of a form, and the place the server calls it by where that is another. */
export type FormField = Step[] | { name: Step[]; place: Step[] };

/** Shows a refused form's faults at its fields; what belongs to no field is given back to be shown above. */
export function useFormProblem<Values>(form: FormInstance<Values>, fields: readonly FormField[]) {
  const words = useProblemWords();
  const [shown, setShown] = useState<{ error: unknown; rest: Fault[] } | null>(null);
  return {
    shown,
    clear: () => setShown(null),
    show: (error: unknown) => {
      const places = fields.map((field) => (Array.isArray(field) ? { name: field, place: field } : field));
      const { fields: faulty, rest } = faultsByField(
        problemOf(error),
        places.map(({ place }) => place),
        words.fault,
      );
      for (const { name: place, errors } of faulty) {
        const field = places.find((one) => one.place === place);
        form.setFields([{ name: (field?.name ?? place) as never, errors }]);
      }
      setShown({ error, rest });
    },
  };
}
